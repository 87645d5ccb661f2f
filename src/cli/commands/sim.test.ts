import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import type { Surroundings } from "#cli/command.ts";
import { sim } from "#cli/commands/sim.ts";

type Run = { readonly code: Promise<number>; readonly url: Promise<string>; stop(): void; output(): string };

/** Runs the command in the folder; `url` is what it says it listens on. */
function run(cwd: string, values: Readonly<Record<string, unknown>>): Run {
  const abort = new AbortController();
  const stdout = new PassThrough();
  const url = Promise.withResolvers<string>();
  let output = "";
  stdout.setEncoding("utf8");
  stdout.on("data", (text: string) => {
    output += text;
    const found = /http:\/\/\S+:\d+/.exec(output)?.[0];
    if (found !== undefined) url.resolve(found);
  });
  // The command only writes to these streams, which every stream can do.
  const around = {
    env: {},
    cwd,
    stdin: process.stdin,
    stdout,
    stderr: stdout,
    secrets: new Set(),
    signal: abort.signal,
  } as unknown as Surroundings;
  const code = sim.run({ values, positionals: [] }, around);
  code.catch(url.reject);
  url.promise.catch(() => undefined);
  return { code, url: url.promise, stop: () => abort.abort(), output: () => output };
}

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "factory-sim-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

const CHAT = { model: "m", messages: [{ role: "user", content: "knock knock" }] };
const chat = (url: string): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer secret-secret-secret" },
    body: JSON.stringify(CHAT),
  });

test("the built-in echo answers, prints one line a request, and ends with 0 when it is stopped", async (t) => {
  const running = run(await folder(t), { listen: "127.0.0.1:0" });
  t.after(() => running.stop());
  const url = await running.url;
  assert.match(await (await chat(url)).text(), /You said: knock knock/);
  running.stop();
  assert.equal(await running.code, 0);
  assert.match(running.output(), /factory exec -m sim\/sim --host http/);
  assert.match(running.output(), /\d\d:\d\d:\d\d {2}openai-chat {2}m {2}step 0 {2}200 {2}\d+ pieces {2}answered\n/);
  await assert.rejects(fetch(url));
});

test("a scenario file is played, --quiet is quiet, and --log keeps requests without secrets", async (t) => {
  const cwd = await folder(t);
  await writeFile(join(cwd, "s.json"), JSON.stringify({ name: "mine", steps: [{ reply: { text: "who is there?" } }] }));
  const running = run(cwd, { listen: "0", scenario: "s.json", quiet: true, log: "log.jsonl" });
  t.after(() => running.stop());
  const url = await running.url;
  assert.match(await (await chat(url)).text(), /who is there\?/);
  assert.equal((await chat(url)).status, 500);
  running.stop();
  assert.equal(await running.code, 0);
  assert.match(running.output(), /plays mine \(1 step\)/);
  assert.ok(!running.output().includes("step 0"));
  const log = await readFile(join(cwd, "log.jsonl"), "utf8");
  const lines = log
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map(({ index, step, status, outcome }) => [index, step, status, outcome]),
    [
      [0, 0, 200, "answered"],
      [1, null, 500, "refused"],
    ],
  );
  assert.deepEqual(lines[0].body, CHAT);
  assert.ok(!log.includes("secret-secret"));
});

test("--check says that a scenario is valid or what is wrong with it", async (t) => {
  const cwd = await folder(t);
  await writeFile(join(cwd, "good.json"), '{"steps":[{"reply":{"text":"a"}},{"fault":{"status":500}}]}');
  await writeFile(join(cwd, "bad.json"), '{"steps":[{"reply":{"txt":"a"}}]}');
  const good = run(cwd, { scenario: "good.json", check: true });
  assert.equal(await good.code, 0);
  assert.equal(good.output(), "good.json: valid, 2 steps\n");
  await assert.rejects(run(cwd, { scenario: "bad.json", check: true }).code, /bad\.json is not a scenario: \/steps\/0\/reply\/txt/);
});

const MISTAKES: readonly (readonly [what: string, values: Readonly<Record<string, unknown>>, message: RegExp])[] = [
  ["a missing file", { scenario: "none.json" }, /none\.json cannot be read/],
  ["--check alone", { check: true }, /--check needs a scenario/],
  ["a wrong address", { listen: "here" }, /--listen here is no address/],
  ["a port out of range", { listen: "127.0.0.1:70000" }, /is no address/],
  ["a log that cannot be written", { listen: "0", log: "no/such/folder/log" }, /cannot be written/],
];

for (const [what, values, message] of MISTAKES) {
  test(`${what} is the user's mistake`, async (t) => {
    await assert.rejects(run(await folder(t), values).code, (error: unknown) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

test("a port in use is the user's mistake", async (t) => {
  const cwd = await folder(t);
  const first = run(cwd, { listen: "127.0.0.1:0" });
  t.after(() => first.stop());
  const listen = new URL(await first.url).host;
  await assert.rejects(run(cwd, { listen }).code, /is in use by another program/);
});
