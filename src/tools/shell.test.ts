import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createShellTool } from "#tools/shell.ts";
import type { Tool, ToolContext } from "#tools/tool.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "shell-")));
});
afterEach(() => rm(cwd, { recursive: true }));

const shell = createShellTool();

async function ran(
  command: string,
  context: Partial<ToolContext> = {},
  { tool = shell, ...args }: { tool?: Tool; timeout_s?: number } = {},
) {
  const env = { PATH: "/usr/bin:/bin", HOME: cwd };
  const { signal } = new AbortController();
  const outcome = await tool.run({ command, ...args }, { cwd, signal, vision: false, env, shell: { kind: "open" }, ...context });
  return { ...outcome, text: outcome.content.map((block) => (block.type === "text" ? block.text : "")).join("") };
}

test("gives the output, and the exit code where it is not 0", async () => {
  assert.deepEqual(await ran("pwd").then(({ text, note, isError }) => ({ text, note, isError })), {
    text: cwd,
    note: "exit 0",
    isError: false,
  });
  assert.deepEqual(await ran("echo oops >&2; exit 3").then(({ text, note, isError }) => ({ text, note, isError })), {
    text: "oops\n[exit 3]",
    note: "exit 3",
    isError: true,
  });
  assert.equal((await ran("true")).text, "(no output)");
  assert.equal((await ran("kill -9 $$")).note, "ended by SIGKILL");
  assert.equal((await ran("  ")).isError, true);
});

test("takes secrets out of the environment and sets it for a program", async () => {
  const secret = {
    OPENAI_API_KEY: "hush",
    gh_token: "hush",
    DB_PASSWORD: "hush",
    AWS_SECRET: "hush",
    SSH_AUTH_SOCK: "hush",
    PGPASSWORD: "hush",
  };
  const env = { PATH: "/usr/bin:/bin", ...secret, GIT_AUTHOR_NAME: "Ann", LANG: "C.UTF-8", MISSING: undefined };
  const { text } = await ran("env", { env: { ...env, MY_PASS: "hush", X_PAT: "hush", GOOGLE_APPLICATION_CREDENTIALS: "hush" } });
  assert.equal(text.includes("hush"), false, text);
  for (const line of ["GIT_AUTHOR_NAME=Ann", "LANG=C.UTF-8", "PAGER=cat", "GIT_TERMINAL_PROMPT=0", "TERM=dumb", "NO_COLOR=1"]) {
    assert.ok(text.split("\n").includes(line), line);
  }
});

test("cuts a long output and tells where all of it lies", async () => {
  const { text } = await ran("seq 1 20000");
  const [, path = ""] = /bytes left out \(all of it: (.*)\) …/.exec(text) ?? [];
  assert.ok(text.startsWith("1\n2\n") && text.endsWith("\n20000") && text.length < 13_000);
  assert.equal(readFileSync(path, "utf8").split("\n").length, 20_001);
  assert.match((await ran(`tail -n 1 ${path}`)).text, /^20000$/);
});

test("a command that waits for input, or for ever, ends", async () => {
  assert.equal((await ran("read answer; echo got $answer")).text, "got");
  const { note, isError, text } = await ran("echo begun; sleep 300", {}, { timeout_s: 1 });
  assert.deepEqual({ note, isError }, { note: "stopped after 1 s", isError: true });
  assert.match(text, /^begun\n\[Stopped after 1 s/);
});

test("tells of a background process that it stopped", async () => {
  assert.match((await ran("sleep 300 & echo begun")).text, /^begun\n\[It left a background process/);
});

test("abort throws the reason", async () => {
  const controller = new AbortController();
  const running = ran("sleep 300", { signal: controller.signal });
  setTimeout(() => controller.abort(new Error("enough")), 50);
  await assert.rejects(running, /enough/);
});

test("a working folder that is gone is told", async () => {
  await mkdir(join(cwd, "gone"));
  await rm(join(cwd, "gone"), { recursive: true });
  const { isError, text } = await ran("true", { cwd: join(cwd, "gone") });
  assert.equal(isError, true);
  assert.match(text, /could not be started/);
});

test("without a sandbox it refuses, and names the two ways out", async () => {
  const { isError, text, note } = await ran(
    "echo never > ran",
    { shell: { kind: "sandbox", network: false }, env: { PATH: "/nowhere", HOME: cwd } },
    { tool: createShellTool() },
  );
  assert.deepEqual({ isError, note }, { isError: true, note: "no sandbox" });
  assert.match(text, /not installed.*apt install bubblewrap.*--auto all/s);
  assert.throws(() => readFileSync(join(cwd, "ran")), { code: "ENOENT" });
});
