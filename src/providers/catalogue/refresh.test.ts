import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { Catalogue } from "#providers/catalogue/catalogue.ts";
import { refreshCatalogue } from "#providers/catalogue/refresh.ts";

const LIST = JSON.stringify({
  openai: { id: "openai", models: { "gpt-9": { reasoning: false, cost: { input: 1, output: 2 }, limit: { context: 9, output: 3 } } } },
  nobody: { id: "nobody", models: { x: {} } },
});

async function refreshFrom(t: TestContext, answer: RequestListener, signal = new AbortController().signal) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const path = await mkdtemp(join(tmpdir(), "refresh-"));
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await rm(path, { recursive: true });
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const file = join(path, "cache", "catalogue.json");
  const limits = { connectMs: 5000, headersMs: 5000, idleMs: 5000 };
  const refresh = () => refreshCatalogue({ url: `http://127.0.0.1:${address.port}/api.json`, file, today: "2026-11-20", limits, signal });
  return { path, file, refresh };
}

test("fetches the list and keeps it where the catalogue finds it", async (t) => {
  const { path, file, refresh } = await refreshFrom(t, (_, response) => response.end(LIST));
  assert.equal(await refresh(), await refresh());
  const found = new Catalogue({ refreshed: file }).find("openai", "gpt-9");
  assert.deepEqual(found?.facts.contextTokens, { value: 9, origin: "refreshed" });
  assert.equal(found?.facts.price?.value.date, "2026-11-20");
  assert.match(found?.facts.price?.value.source ?? "", /^models\.dev \(http:/);
  assert.deepEqual(await readdir(join(path, "cache")), ["catalogue.json"]);
});

const BAD: readonly (readonly [name: string, answer: RequestListener, message: RegExp])[] = [
  ["an error", (_, response) => response.writeHead(503).end("no"), /cannot be used: it answered HTTP 503/],
  ["a redirect", (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(), /HTTP 302/],
  ["a web page", (_, response) => response.end("<html></html>"), /it is not JSON, or was cut off/],
  ["another list", (_, response) => response.end('{"data":[]}'), /no provider that is known here/],
  ["half a list", (_, response) => response.end(LIST.slice(0, -20)), /not JSON, or was cut off/],
  [
    "a list whose connection breaks",
    (_, response) => {
      response.writeHead(200, { "content-length": LIST.length });
      response.write(LIST.slice(0, 20), () => response.destroy());
    },
    /cannot be used/,
  ],
];

for (const [name, answer, message] of BAD) {
  test(`${name} leaves the old file as it is`, async (t) => {
    let bad = false;
    const { path, file, refresh } = await refreshFrom(t, (request, response) => (bad ? answer(request, response) : response.end(LIST)));
    await refresh();
    const before = await readFile(file, "utf8");
    bad = true;
    await assert.rejects(refresh(), (error) => error instanceof UsageError && message.test(error.message) && error.advice !== "");
    assert.equal(await readFile(file, "utf8"), before);
    assert.deepEqual(await readdir(join(path, "cache")), ["catalogue.json"]);
  });
}

test("an aborted refresh ends", async (t) => {
  const stop = new AbortController();
  const { refresh } = await refreshFrom(t, () => stop.abort(), stop.signal);
  await assert.rejects(refresh(), UsageError);
});

test("says so where the file cannot be written", async (t) => {
  const { path, refresh } = await refreshFrom(t, (_, response) => response.end(LIST));
  await writeFile(join(path, "cache"), "a file where the folder should be");
  await assert.rejects(refresh(), (error) => error instanceof UsageError && /cannot be written/.test(error.message));
});
