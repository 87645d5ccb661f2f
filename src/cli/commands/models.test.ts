import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import type { Surroundings } from "#cli/command.ts";
import { models } from "#cli/commands/models.ts";
import { ModelError } from "#model/error.ts";

const LIST = { data: [{ id: "qwen3-14b", context_window: 40_960 }, { id: "claude-x" }, { id: "whisper-large-v3" }] };

type Run = { readonly out: string; readonly err: string };
type Ask = (
  positionals: readonly string[],
  values?: Readonly<Record<string, unknown>>,
  env?: Readonly<Record<string, string>>,
) => Promise<Run>;

async function withServer(check: (host: string, run: Ask) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "factory-models-"));
  const server = createServer((request, response) => {
    if (request.headers.authorization === "Bearer bad") response.statusCode = 401;
    response.end(JSON.stringify(request.url?.endsWith("/models") === true ? LIST : { error: { message: "no" } }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const run: Ask = async (positionals, values = {}, env = {}) => {
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    // The command only writes to these streams, which every stream can do.
    const around = {
      env: { FACTORY_HOME: home, ...env },
      cwd: "/",
      stdin: process.stdin,
      stdout,
      stderr,
      secrets: new Set(),
      signal: AbortSignal.timeout(60_000),
    } as unknown as Surroundings;
    assert.equal(await models.run({ values, positionals }, around), 0);
    return { out: await all(stdout), err: await all(stderr) };
  };
  try {
    // The server listens on TCP.
    const { port } = server.address() as AddressInfo;
    await check(`http://127.0.0.1:${port}/v1`, run);
  } finally {
    server.closeAllConnections();
    server.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function all(stream: PassThrough): Promise<string> {
  stream.end();
  let text = "";
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test("lists one provider best first, with what is known, and counts what is left out", () =>
  withServer(async (host, run) => {
    const { out, err } = await run(["groq"], { host, token: "k" });
    assert.match(out, /^MODEL +WINDOW/);
    assert.match(out, /groq\/qwen3-14b +41\.0k .*native +reasoning, 14B/);
    assert.ok(!out.includes("whisper"));
    assert.match(err, /groq: 1 left out; --all shows them/);
    const again = await run(["groq"], { host, token: "k", all: true });
    assert.match(again.out, /groq\/whisper-large-v3 +transcribes speech/);
    assert.match(again.err, /groq: kept from 0 min ago; --refresh asks again/);
  }));

test("--json gives facts with their origin, and what was dropped only with --all", () =>
  withServer(async (host, run) => {
    const [list] = JSON.parse((await run(["groq"], { host, token: "k", json: true })).out);
    assert.deepEqual([list.provider, list.origin, list.problem, list.cut, "dropped" in list], ["groq", "provider", null, null, false]);
    const qwen = list.models.find(({ id }: { readonly id: string }) => id === "qwen3-14b");
    assert.deepEqual(qwen.contextTokens, { value: 40_960, origin: "provider", confidence: "high" });
    const [all] = JSON.parse((await run(["groq"], { host, token: "k", json: true, all: true })).out);
    assert.deepEqual(all.dropped, [{ id: "whisper-large-v3", why: "transcribes speech" }]);
  }));

test("an endpoint of the user's is listed too", () =>
  withServer(async (host, run) => {
    assert.match((await run([`custom:${host}`])).out, /custom\/claude-x/);
  }));

test("a refusal with nothing to fall back on is the command's failure", () =>
  withServer(async (host, run) => {
    await assert.rejects(run(["vllm"], { host, token: "bad" }), (error) => error instanceof ModelError && error.kind === "auth");
  }));

test("without a provider, those with a key are asked, also where one of them lacks a setting", () =>
  withServer(async (host, run) => {
    const env = { OPENAI_API_KEY: "k", OPENAI_BASE_URL: host, CLOUDFLARE_API_TOKEN: "k" };
    const { out, err } = await run([], {}, env);
    assert.match(out, /openai\/qwen3-14b/);
    assert.match(err, /workersai: .*CLOUDFLARE_ACCOUNT_ID, which is not set/);
  }));

test("--refresh fetches the catalogue anew, and one that cannot be fetched stops nothing", () =>
  withServer(async (host, run) => {
    const { out, err } = await run(["groq"], { host, token: "k", refresh: true }, { FACTORY_CATALOGUE_URL: `${host}/nothing` });
    assert.match(err, /^catalogue: /);
    assert.match(out, /groq\/claude-x/);
  }));

test("mistakes are the user's", () =>
  withServer(async (_, run) => {
    await assert.rejects(run(["nobody-at-all"]), UsageError);
    await assert.rejects(run(["a", "b"]), /one provider at a time/);
    await assert.rejects(run([], { host: "http://h" }), /need a provider/);
  }));
