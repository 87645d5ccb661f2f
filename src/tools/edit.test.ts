import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import fc from "fast-check";
import { applySplices } from "#tools/edit/splice.ts";
import { editTool } from "#tools/edit.ts";
import { readTool } from "#tools/read.ts";
import type { ToolContext, ToolOutcome } from "#tools/tool.ts";
import { writeTool } from "#tools/write.ts";

let root = "";
let cwd = "";
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "edit-")));
  cwd = join(root, "work");
  await mkdir(cwd);
});
afterEach(() => rm(root, { recursive: true }));

const context = (): ToolContext => ({ cwd, signal: new AbortController().signal, vision: false, shell: { kind: "open" }, env: {} });
const edit = (path: string, oldText: string, newText: string): Promise<ToolOutcome> =>
  editTool.run({ path, old_text: oldText, new_text: newText }, context());
const put = (path: string, content: string): Promise<void> => writeFile(join(cwd, path), content, "latin1");
const bytesOf = (path: string): Promise<string> => readFile(join(cwd, path), "latin1");
const textOf = ({ content }: ToolOutcome): string => (content[0]?.type === "text" ? content[0].text : "");

test("an exact edit answers with the diff alone", async () => {
  await put("a.ts", "one\ntwo\nthree\n");
  await chmod(join(cwd, "a.ts"), 0o755);
  const outcome = await edit("a.ts", "two", "2");
  assert.equal(await bytesOf("a.ts"), "one\n2\nthree\n");
  assert.equal((await stat(join(cwd, "a.ts"))).mode & 0o777, 0o755);
  assert.match(textOf(outcome), /^-two\n\+2$/m);
  assert.doesNotMatch(textOf(outcome), /corrected/);
  assert.deepEqual([outcome.isError, outcome.note, outcome.changed], [false, "1 place", ["a.ts"]]);
});

test("a correction is told", async () => {
  await put("a.py", "if a:\n    b()\n");
  const outcome = await edit("a.py", "\tb()\n", "\tc()\n");
  assert.equal(await bytesOf("a.py"), "if a:\n    c()\n");
  assert.match(textOf(outcome), /corrected: adjusted the indentation/);
});

const forms: readonly (readonly [name: string, before: string, oldText: string, newText: string, wanted: string])[] = [
  ["CRLF", "a\r\nb\r\nc\r\n", "a\nb", "a\nx\ny", "a\r\nx\r\ny\r\nc\r\n"],
  ["CRLF in the old text", "a\nb\nc\n", "a\r\nb\r\n", "a\r\nx\r\n", "a\nx\nc\n"],
  ["CRLF everywhere, tabs for blanks", "a\r\n  b\r\nc\r\n", "\tb\r\n", "\tx\r\n\ty\r\n", "a\r\n  x\r\n  y\r\nc\r\n"],
  ["mixed line ends", "a\r\nb\nc\r\nd\n", "b\nc", "b\nx", "a\r\nb\nx\r\nd\n"],
  ["a mark", "\xef\xbb\xbfa\nb\n", "a", "x", "\xef\xbb\xbfx\nb\n"],
  ["UTF-16", "\xff\xfea\0\r\0\n\0", "a\n", "b\nc\n", "\xff\xfeb\0\r\0\n\0c\0\r\0\n\0"],
  ["no line break at the end", "a\nb", "b", "c", "a\nc"],
  ["the line break at the end is kept", "a\nb\n", "b\n", "c", "a\nc\n"],
  ["the line break at the end is kept, CRLF", "a\r\nb\r\n", "b\n", "c", "a\r\nc\r\n"],
  ["all removed", "a\n", "a\n", "", ""],
  ["the last line removed", "a\nb\n", "b\n", "", "a\n"],
  ["a lone CR is a character", "a\rb\nc\n", "c", "d", "a\rb\nd\n"],
];
for (const [name, before, oldText, newText, wanted] of forms) {
  test(`form: ${name}`, async () => {
    await put("f", before);
    const outcome = await edit("f", oldText, newText);
    assert.equal(outcome.isError, false, textOf(outcome));
    assert.equal(await bytesOf("f"), wanted);
  });
}

test("what read shows can be edited, numbers and all", async () => {
  await put("a.py", "def f():\n    if a:\n        b()\n    return 1\n");
  const shown = textOf(await readTool.run({ path: "a.py", offset: 2, limit: 2 }, context())).split("\n\n[")[0] ?? "";
  const outcome = await edit("a.py", shown, shown.replace("b()", "c()"));
  assert.equal(await bytesOf("a.py"), "def f():\n    if a:\n        c()\n    return 1\n");
  assert.match(textOf(outcome), /line numbers/);
});

const refusals: readonly (readonly [name: string, oldText: string, newText: string, words: RegExp])[] = [
  ["several places", "x = 1", "x = 2", /lines 2, 4\)/],
  ["no place", "total(items, price, tax)", "y", /nearest lines[^]*5→total\(items, price\)/],
  ["nothing like it", "zzz qqq", "y", /read the file again/],
  ["the same", "x = 1", "x = 1", /nothing to do/],
  ["already done", "x = 2\n", "total(items, price)\n", /stands in it already/],
  ["no old text", "", "y", /old_text is empty/],
  ["a guess", "\ta\nx = 1\n", "\ta\nx = 3\n", /line 1 of f[^]*1→  a/],
];
for (const [name, oldText, newText, words] of refusals) {
  test(`refused with advice: ${name}`, async () => {
    const before = "  a\n  x = 1\nb\n  x = 1\ntotal(items, price)\n";
    await put("f", before);
    const outcome = await edit("f", oldText, newText);
    assert.ok(outcome.isError);
    assert.match(textOf(outcome), words);
    assert.equal(await bytesOf("f"), before);
  });
}

test("replace_all", async () => {
  await put("f", "a\r\na\r\n");
  const outcome = await editTool.run({ path: "f", old_text: "a", new_text: "b\nc", replace_all: true }, context());
  assert.equal(outcome.note, "2 places");
  assert.equal(await bytesOf("f"), "b\r\nc\r\nb\r\nc\r\n");
});

test("an empty old text creates a file, or fills an empty one", async () => {
  assert.equal((await edit("new/a.txt", "", "x\n")).isError, false);
  assert.equal(await bytesOf("new/a.txt"), "x\n");
  await put("empty", "");
  assert.equal((await edit("empty", "", "y\n")).isError, false);
  assert.equal(await bytesOf("empty"), "y\n");
});

test("missing files, bytes that are no text, folders and places outside are refused", async () => {
  await put("near.txt", "a");
  const missing = await edit("naer.txt", "a", "b");
  assert.ok(missing.isError && textOf(missing).includes("near.txt"));
  await put("latin1", "caf\xe9 = 1\n");
  await put("binary", "a\0b");
  await writeFile(join(root, "secret"), "a");
  await symlink(join(root, "secret"), join(cwd, "link"));
  await symlink(join(root, "new"), join(cwd, "dangling"));
  await mkdir(join(cwd, ".git"));
  await put(".git/config", "a");
  for (const path of ["latin1", "binary", ".", "../secret", "link", ".git/config"]) assert.ok((await edit(path, "a", "b")).isError, path);
  assert.ok((await edit("dangling", "", "b")).isError);
  assert.equal(await bytesOf("latin1"), "caf\xe9 = 1\n");
  assert.equal(await readFile(join(root, "secret"), "utf8"), "a");
  assert.deepEqual(await readdir(root), ["secret", "work"]);
});

test("property: splices change what they name and no other byte, whatever the line ends", () => {
  const pieces = fc.array(fc.constantFrom("a", "b", "\n", "\r\n", "é"), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), (stored, from, length) => {
      const start = from % stored.length;
      const end = start + 1 + (length % (stored.length - start));
      const position = (count: number): number => stored.slice(0, count).join("").replaceAll("\r\n", "\n").length;
      const wanted = `${stored.slice(0, start).join("")}X${stored.slice(end).join("")}`;
      const result = applySplices(stored.join(""), [{ start: position(start), end: position(end), text: "X" }]);
      assert.equal(result.replace(/\r?\n$/, ""), wanted.replace(/\r?\n$/, ""));
    }),
  );
});

test("the three tools' descriptions are short", () => {
  const tools = [readTool, writeTool, editTool];
  const size = (profile: "full" | "slim"): number => JSON.stringify(tools.map((tool) => tool.spec(profile))).length;
  assert.ok(size("full") <= 2_500 && size("slim") <= 1_300);
  for (const tool of tools) {
    assert.ok(tool.spec("full").description.length <= 600 && tool.spec("slim").description.length <= 200);
  }
});
