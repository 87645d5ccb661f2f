import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { runProcess, type ProcessRun } from "#tools/shell/process.ts";

async function ran(command: string, options: Partial<ProcessRun> = {}) {
  const pieces: Uint8Array[] = [];
  const run = {
    argv: ["sh", "-c", command],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    limitMs: 20_000,
    signal: new AbortController().signal,
  };
  const end = await runProcess({ ...run, onOutput: (bytes) => pieces.push(bytes), ...options });
  return { ...end, text: Buffer.concat(pieces).toString() };
}

/** Whether the process is there and still runs; one that only waits to be collected does not. */
async function lives(pid: string): Promise<boolean> {
  const { text } = await ran(`ps -o stat= -p ${Number(pid)} || true`);
  return text.trim() !== "" && !text.startsWith("Z");
}

test("gives both outputs in order, and the exit code", async () => {
  const { text, ...end } = await ran("echo 1; echo 2 >&2; echo 3; echo 4 >&2; exit 7");
  assert.equal(text, "1\n2\n3\n4\n");
  assert.deepEqual(end, { code: 7, signal: null, timedOut: false, leftBehind: false });
});

test("gives all of a large output", async () => {
  assert.equal((await ran("head -c 3000000 /dev/zero")).text.length, 3_000_000);
});

test("has nothing to read", async () => {
  assert.equal((await ran("cat; echo end")).text, "end\n");
});

test("tells the signal that ended it", async () => {
  assert.equal((await ran("kill -KILL $$")).signal, "SIGKILL");
});

test("ends at the time limit with all its children", async () => {
  const { timedOut, text } = await ran("sleep 300 & echo $!; wait", { limitMs: 300 });
  assert.equal(timedOut, true);
  assert.equal(await lives(text), false);
});

test("ends those that ignore SIGTERM", async () => {
  const { timedOut, text, signal } = await ran("trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $!; wait", { limitMs: 300 });
  assert.equal(timedOut, true);
  assert.equal(signal, "SIGKILL");
  assert.equal(await lives(text), false);
});

for (const [how, command] of [
  ["holding the pipe", "sleep 300 & echo $!"],
  ["holding nothing", "sleep 300 >/dev/null 2>&1 & echo $!"],
] as const) {
  test(`a background process ${how} is stopped and told`, async () => {
    const { code, leftBehind, text } = await ran(command);
    assert.deepEqual({ code, leftBehind }, { code: 0, leftBehind: true });
    assert.equal(await lives(text), false);
  });
}

test("a process that left the group does not hold up the end", async () => {
  const { code, text } = await ran("setsid sh -c 'echo $$; exec sleep 30' & sleep 0.3");
  assert.equal(code, 0);
  process.kill(Number(text), "SIGKILL");
});

test("abort ends all and throws the reason; an aborted signal starts nothing", async () => {
  const controller = new AbortController();
  let pid = "";
  const running = ran("sleep 300 & echo $!; wait", {
    signal: controller.signal,
    onOutput: (bytes) => {
      pid += Buffer.from(bytes).toString();
      controller.abort(new Error("stop now"));
    },
  });
  await assert.rejects(running, /stop now/);
  assert.equal(await lives(pid), false);
  await assert.rejects(ran("exit 0", { signal: controller.signal }), /stop now/);
});

test("a missing folder is told", async () => {
  await assert.rejects(ran("exit 0", { cwd: "/no/such/folder" }), { code: "ENOENT" });
  assert.equal((await ran("", { argv: ["no-such-program-here"] })).code, 127);
});

test("leaves no listener on a signal that lives on", async () => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on("warning", note);
  const { signal } = new AbortController();
  for (let count = 0; count < 15; count += 1) await ran("exit 0", { signal });
  await delay(10);
  process.off("warning", note);
  assert.deepEqual(warnings, []);
});
