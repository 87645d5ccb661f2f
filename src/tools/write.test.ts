import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { writeTool } from "#tools/write.ts";
import type { ToolOutcome } from "#tools/tool.ts";

let root = "";
let cwd = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "write-")));
  cwd = join(root, "work");
  await mkdir(cwd);
});
afterEach(() => rm(root, { recursive: true }));

const write = (path: string, content: string, signal = new AbortController().signal): Promise<ToolOutcome> =>
  writeTool.run({ path, content }, { cwd, signal, vision: false, shell: { kind: "open" }, env: {} });
const bytesOf = (path: string): Promise<string> => readFile(join(cwd, path), "latin1");
const textOf = ({ content }: ToolOutcome): string => (content[0]?.type === "text" ? content[0].text : "");

test("a new file, its folders made", async () => {
  const outcome = await write("a/b/c.txt", "x\ny\n");
  assert.equal(await bytesOf("a/b/c.txt"), "x\ny\n");
  assert.equal(outcome.note, "2 lines, new");
  assert.deepEqual(outcome.changed, ["a/b/c.txt"]);
  assert.match(outcome.diff ?? "", /^\+x$/m);
  assert.deepEqual(await readdir(join(cwd, "a/b")), ["c.txt"]);
});

test("an old file is replaced, and the model sees the diff", async () => {
  await writeFile(join(cwd, "a.txt"), "one\ntwo\n");
  await chmod(join(cwd, "a.txt"), 0o640);
  const outcome = await write("a.txt", "one\n2\n");
  assert.equal(await bytesOf("a.txt"), "one\n2\n");
  assert.match(textOf(outcome), /^-two\n\+2$/m);
  assert.equal((await stat(join(cwd, "a.txt"))).mode & 0o777, 0o640);
});

const forms: readonly (readonly [name: string, old: string, content: string, wanted: string])[] = [
  ["CRLF", "a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"],
  ["CRLF given as such", "a\r\nb\r\n", "a\r\nc\r\n", "a\r\nc\r\n"],
  ["LF", "a\nb\n", "a\r\nc\r\n", "a\nc\n"],
  ["no line end", "a", "a\r\nb", "a\r\nb"],
  ["a mark", "\xef\xbb\xbfa\n", "b\n", "\xef\xbb\xbfb\n"],
  ["UTF-16", "\xff\xfea\0\n\0", "b\n", "\xff\xfeb\0\n\0"],
  ["binary", "a\0b\r\n", "b\n", "b\n"],
];
for (const [name, old, content, wanted] of forms) {
  test(`the old file's form stays: ${name}`, async () => {
    await writeFile(join(cwd, "f"), old, "latin1");
    assert.equal((await write("f", content)).isError, false);
    assert.equal(await bytesOf("f"), wanted);
  });
}

test("the same content is not written again", async () => {
  await writeFile(join(cwd, "a"), "x\r\n");
  const before = await stat(join(cwd, "a"));
  const outcome = await write("a", "x\n");
  assert.equal(outcome.note, "unchanged");
  assert.equal(outcome.changed, undefined);
  assert.equal((await stat(join(cwd, "a"))).ino, before.ino);
});

test("a long diff is cut for the model and whole for people", async () => {
  await writeFile(join(cwd, "a"), "old\n".repeat(3_000));
  const outcome = await write("a", Array.from({ length: 3_000 }, (_, index) => `new ${index}\n`).join(""));
  assert.ok(textOf(outcome).length < 5_000 && /more lines of the diff/.test(textOf(outcome)));
  assert.match(outcome.diff ?? "", /new 2999/);
});

test("nothing outside the working folder is written", async () => {
  await mkdir(join(root, "outside"));
  await writeFile(join(root, "outside/file"), "old");
  await symlink(join(root, "outside/file"), join(cwd, "to-file"));
  await symlink(join(root, "outside"), join(cwd, "to-folder"));
  await symlink(join(root, "outside/new"), join(cwd, "dangling"));
  await mkdir(join(cwd, ".git"));
  const paths = [
    "../outside/x",
    join(root, "outside/x"),
    "to-file",
    "to-folder/x",
    "to-folder/deep/x",
    "dangling",
    "x/../../outside/x",
    "/dev/null",
    ".git/config",
    "to-folder/../../outside/x",
  ];
  for (const path of paths) assert.ok((await write(path, "bad")).isError, path);
  assert.deepEqual(await readdir(join(root, "outside")), ["file"]);
  assert.equal(await readFile(join(root, "outside/file"), "utf8"), "old");
  assert.deepEqual(await readdir(join(cwd, ".git")), []);
});

test("a link inside is followed and stays a link", async () => {
  await writeFile(join(cwd, "real"), "old");
  await symlink("real", join(cwd, "link"));
  assert.deepEqual((await write("link", "new")).changed, ["real"]);
  assert.equal(await bytesOf("real"), "new");
  assert.deepEqual((await readdir(cwd)).toSorted(), ["link", "real"]);
});

test("folders and pipes are refused", async () => {
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  for (const path of [".", "pipe"]) assert.ok((await write(path, "x")).isError);
  await writeFile(join(cwd, "file"), "");
  assert.ok((await write("file/below", "x")).isError);
  assert.ok((await write("n".repeat(300), "x")).isError);
});

test("an aborted call writes nothing", async () => {
  await assert.rejects(write("a", "x", AbortSignal.abort()));
  assert.deepEqual(await readdir(cwd), []);
});
