import assert from "node:assert/strict";
import { chmod, link, mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { replaceFile } from "#tools/files/replace-file.ts";

let root = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "replace-")));
});
afterEach(() => rm(root, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);

test("makes folders and leaves no temporary file", async () => {
  await replaceFile(join(root, "a/b/c.txt"), bytes("x"));
  assert.equal(await readFile(join(root, "a/b/c.txt"), "utf8"), "x");
  assert.deepEqual(await readdir(join(root, "a/b")), ["c.txt"]);
});

test("keeps the mode", async () => {
  const path = join(root, "run.sh");
  await writeFile(path, "old");
  await chmod(path, 0o751);
  await replaceFile(path, bytes("new"));
  assert.equal((await stat(path)).mode & 0o7777, 0o751);
  assert.equal(await readFile(path, "utf8"), "new");
});

test("another name of the same file keeps the old bytes", async () => {
  await writeFile(join(root, "outside"), "old");
  await link(join(root, "outside"), join(root, "inside"));
  await replaceFile(join(root, "inside"), bytes("new"));
  assert.equal(await readFile(join(root, "outside"), "utf8"), "old");
});

test("a link swapped in for the file is not followed", async () => {
  await writeFile(join(root, "secret"), "s");
  await symlink(join(root, "secret"), join(root, "file"));
  await assert.rejects(replaceFile(join(root, "file"), bytes("x")), /not a regular file/);
  assert.equal(await readFile(join(root, "secret"), "utf8"), "s");
});

test("a link swapped in for a folder is not followed", async () => {
  await mkdir(join(root, "work/src"), { recursive: true });
  await mkdir(join(root, "elsewhere"));
  await rename(join(root, "work/src"), join(root, "work/old"));
  await symlink(join(root, "elsewhere"), join(root, "work/src"));
  await assert.rejects(replaceFile(join(root, "work/src/a"), bytes("x")), /symbolic link/);
  await assert.rejects(replaceFile(join(root, "work/src/new/a"), bytes("x")), /symbolic link/);
  assert.deepEqual(await readdir(join(root, "elsewhere")), []);
});

test("a file in a folder that takes no new files is still written", async () => {
  const folder = join(root, "closed");
  await mkdir(folder);
  await writeFile(join(folder, "a"), "a longer old text");
  await chmod(folder, 0o555);
  await replaceFile(join(folder, "a"), bytes("new"));
  assert.equal(await readFile(join(folder, "a"), "utf8"), "new");
  await chmod(folder, 0o755);
});
