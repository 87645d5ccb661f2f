import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { FolderWalk, type WalkOptions } from "#tools/search/walk.ts";

let root = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "walk-")));
});
afterEach(() => rm(root, { recursive: true }));

async function plant(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function walked(under = "", options: Partial<WalkOptions> = {}) {
  const walk = new FolderWalk(join(root, under), { signal: new AbortController().signal, ...options });
  const paths: string[] = [];
  for await (const files of walk.batches()) paths.push(...files.map(({ path, kind }) => (kind === "link" ? `${path}@` : path)));
  return { paths, cut: walk.cut };
}

test("walks in a fixed order, a folder before its subfolders, hidden files too", async () => {
  await plant({ "b/c/3.ts": "", "b/2.ts": "", "a.ts": "", ".hidden": "", ".github/ci.yml": "" });
  assert.deepEqual((await walked()).paths, [".hidden", "a.ts", ".github/ci.yml", "b/2.ts", "b/c/3.ts"]);
});

test("leaves out .git and node_modules at every depth, without any .gitignore", async () => {
  await plant({ ".git/config": "", "node_modules/a/x.js": "", "p/node_modules/b.js": "", "p/x.ts": "" });
  assert.deepEqual((await walked()).paths, ["p/x.ts"]);
});

test("obeys .gitignore at every level, the inner one having the last word", async () => {
  await plant({
    ".gitignore": "*.log\n/dist\nsub/skipped/\n# comment\n",
    "x.log": "",
    "dist/a.js": "",
    "sub/.gitignore": "!keep.log\n*.tmp\n",
    "sub/keep.log": "",
    "sub/other.log": "",
    "sub/a.tmp": "",
    "sub/dist/b.js": "",
    "sub/skipped/c": "",
    "a.tmp": "",
    "UPPER.LOG": "",
  });
  assert.deepEqual((await walked()).paths, [".gitignore", "UPPER.LOG", "a.tmp", "sub/.gitignore", "sub/keep.log", "sub/dist/b.js"]);
});

test("a folder that an inner .gitignore brings back is walked", async () => {
  await plant({ ".gitignore": "lib/\n", "lib/a": "", "p/.gitignore": "!lib/\n", "p/lib/b/c": "", "p/q/lib/d": "" });
  assert.deepEqual((await walked()).paths, [".gitignore", "p/.gitignore", "p/lib/b/c", "p/q/lib/d"]);
});

test("obeys the rules above the walked folder and .git/info/exclude", async () => {
  await plant({ ".git/info/exclude": "private\n", ".gitignore": "*.log\n", "p/q/a.log": "", "p/q/private": "", "p/q/b.ts": "" });
  assert.deepEqual((await walked("p/q")).paths, ["b.ts"]);
});

test("finds the exclude file of a linked worktree", async () => {
  await plant({
    "main/.git/info/exclude": "private\n",
    "main/.git/worktrees/w/commondir": "../..\n",
    "w/.git": "gitdir: ../main/.git/worktrees/w\n",
    "w/private": "",
    "w/a": "",
  });
  assert.deepEqual((await walked("w")).paths, ["a"]);
});

test("an ignored folder that is named itself is walked", async () => {
  await plant({ ".git/HEAD": "", ".gitignore": "dist\n", "dist/a/b.js": "" });
  assert.deepEqual((await walked("dist")).paths, ["a/b.js"]);
});

test("tells symbolic links and follows none", async () => {
  await plant({ "in/a": "", "out/secret": "" });
  await symlink("../out", join(root, "in/out"));
  await symlink(".", join(root, "in/circle"));
  await symlink("a", join(root, "in/to-a"));
  assert.deepEqual((await walked("in")).paths, ["a", "circle@", "out@", "to-a@"]);
});

test("stops at its limit of entries and says so", async () => {
  await plant(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, ""])));
  const { paths, cut } = await walked("", { limitEntries: 10 });
  assert.equal(paths.length, 10);
  assert.match(cut ?? "", /cut short after 10 files/);
  assert.equal((await walked("", { limitEntries: 30 })).cut, undefined);
});

test("stops when its time is up, and throws the reason of an aborted signal", async () => {
  await plant(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`d${index}/f`, ""])));
  const walk = new FolderWalk(root, { signal: new AbortController().signal, limitMs: 1 });
  for await (const _ of walk.batches()) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(walk.cut ?? "", /cut short after 0.001 s/);
  await assert.rejects(walked("", { signal: AbortSignal.abort(new Error("stop")) }), /stop/);
});

test("a folder that is gone counts as empty", async () => {
  assert.deepEqual(await walked("missing"), { paths: [], cut: undefined });
});
