import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { removeLeftovers, writeAtomic } from "#base/write-atomic.ts";

async function folder(owner: { after(close: () => Promise<unknown>): void }): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "factory-atomic-"));
  owner.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

test("a file is replaced as a whole, with its mode, and nothing is left beside it", async (t) => {
  const at = await folder(t);
  const path = join(at, "file");
  await writeFile(path, "old and longer");
  await chmod(path, 0o644);
  await writeAtomic(path, "new", 0o600);
  assert.equal(await readFile(path, "utf8"), "new");
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(at), ["file"]);
});

test("a link stays a link", async (t) => {
  const at = await folder(t);
  await writeFile(join(at, "real"), "old");
  await symlink("real", join(at, "link"));
  await writeAtomic(join(at, "link"), new Uint8Array([110, 101, 119]), 0o600);
  assert.equal(await readFile(join(at, "real"), "utf8"), "new");
  assert.deepEqual((await readdir(at)).sort(), ["link", "real"]);
});

test("a write that fails leaves the target as it was and nothing beside it", async (t) => {
  const at = await folder(t);
  // A folder in the file's place: the rename fails, after the bytes were written.
  await assert.rejects(writeAtomic(at, "new", 0o600));
  await assert.rejects(writeAtomic(join(at, "missing", "file"), "new", 0o600), { code: "ENOENT" });
  assert.deepEqual(await readdir(at), []);
});

test("leftovers of killed writers go, other files stay", async (t) => {
  const at = await folder(t);
  const names = [".file.0123456789ab.tmp", ".file.mine.tmp", ".other.0123456789ab.tmp", "file"];
  for (const name of names) await writeFile(join(at, name), "");
  await removeLeftovers(join(at, "file"));
  assert.deepEqual((await readdir(at)).sort(), names.slice(1).sort());
});
