import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { withFileLock } from "#base/file-lock.ts";

const options = { signal: new AbortController().signal, limitMs: 20_000, clock: systemClock };

async function folder(owner: { after(close: () => Promise<unknown>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "factory-lock-"));
  owner.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Adds one to the number in a file, so slowly that two at once would lose one. */
async function addOne(path: string): Promise<void> {
  const number = Number(await readFile(path, "utf8"));
  await new Promise((resolve) => setTimeout(resolve, 3));
  await writeFile(path, String(number + 1));
}

test("holders take turns within one process", async (t) => {
  const path = join(await folder(t), "number");
  await writeFile(path, "0");
  await Promise.all(Array.from({ length: 20 }, () => withFileLock(path, options, () => addOne(path))));
  assert.equal(await readFile(path, "utf8"), "20");
  assert.equal((await stat(`${path}.lock`)).mode & 0o777, 0o600);
});

/** Another process that takes the lock, says so, and holds it until its input ends. */
const HOLDER = `
  import { systemClock } from "#base/clock.ts";
  import { withFileLock } from "#base/file-lock.ts";
  const options = { signal: new AbortController().signal, limitMs: 20_000, clock: systemClock };
  await withFileLock(process.argv[1], options, async () => {
    process.stdout.write("held");
    await new Promise((resolve) => process.stdin.on("end", resolve).resume());
  });
`;

async function startHolder(path: string) {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", HOLDER, path], { cwd: import.meta.dirname });
  child.stderr.pipe(process.stderr);
  await once(child.stdout, "data");
  return child;
}

test("another process is waited for, up to a limit, and no longer than the signal allows", async (t) => {
  const path = join(await folder(t), "file");
  const holder = await startHolder(path);
  t.after(() => holder.kill("SIGKILL"));
  const never = () => Promise.reject(new Error("two hold the lock"));
  await assert.rejects(withFileLock(path, { ...options, limitMs: 40 }, never), /held the lock of file for more than 0\.04 s/);
  await assert.rejects(withFileLock(path, { ...options, signal: AbortSignal.timeout(30) }, never), { name: "TimeoutError" });
  const after = withFileLock(path, options, () => Promise.resolve("mine"));
  holder.stdin.end();
  assert.equal(await after, "mine");
});

test("a killed holder locks nobody out, a failed action neither", async (t) => {
  const path = join(await folder(t), "file");
  const holder = await startHolder(path);
  holder.kill("SIGKILL");
  await once(holder, "close");
  await assert.rejects(
    withFileLock(path, options, () => Promise.reject(new Error("no luck"))),
    /no luck/,
  );
  assert.equal(await withFileLock(path, { ...options, limitMs: 0 }, () => Promise.resolve(1)), 1);
});

test("a lock that cannot be made says where", async (t) => {
  const path = join(await folder(t), "missing", "file");
  await assert.rejects(
    withFileLock(path, options, () => Promise.resolve()),
    { name: "UsageError", message: /missing.file\.lock cannot be made or locked/ },
  );
});
