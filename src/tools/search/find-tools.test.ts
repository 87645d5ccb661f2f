import assert from "node:assert/strict";
import { mkdir, mkdtemp, open, realpath, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { globTool } from "#tools/glob.ts";
import { grepTool } from "#tools/grep.ts";
import { lsTool } from "#tools/ls.ts";
import { shellTool } from "#tools/shell.ts";
import type { Tool } from "#tools/tool.ts";

let cwd = "";
beforeEach(async () => {
  cwd = await realpath(await mkdtemp(join(tmpdir(), "find-")));
});
afterEach(() => rm(cwd, { recursive: true }));

async function plant(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, path)), { recursive: true });
    await writeFile(join(cwd, path), text);
  }
}

async function ran(tool: Tool, args: unknown, signal: AbortSignal = new AbortController().signal) {
  const outcome = await tool.run(args, { cwd, signal, vision: false, env: {}, shell: { kind: "open" } });
  const text = outcome.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  return { text, lines: text.split("\n"), note: outcome.note, isError: outcome.isError };
}

test("the four tools are told in few words", () => {
  const size = (profile: "full" | "slim") =>
    JSON.stringify([lsTool, globTool, grepTool, shellTool].map((tool) => tool.spec(profile))).length;
  assert.ok(size("full") <= 2_500, `full: ${size("full")}`);
  assert.ok(size("slim") <= 1_400, `slim: ${size("slim")}`);
});

for (const tool of [lsTool, globTool, grepTool]) {
  test(`${tool.name} stays in the working folder`, async () => {
    await symlink("/", join(cwd, "out"));
    for (const path of ["..", "/", "out", "src/../.."]) {
      const { isError, text } = await ran(tool, { path, pattern: "x" });
      assert.ok(isError && text.includes(cwd), `${path}: ${text}`);
    }
    assert.equal((await ran(tool, { path: "missing", pattern: "x" })).isError, true);
    await assert.rejects(ran(tool, { pattern: "x" }, AbortSignal.abort(new Error("stop"))), /stop/);
  });
}

test("ls: folders first, sizes, links, and the rest counted", async () => {
  await plant({ "b.txt": "12345", "a/x": "", ".hidden": "", big: "x".repeat(3_500) });
  await symlink("b.txt", join(cwd, "link"));
  assert.deepEqual((await ran(lsTool, {})).lines, ["a/", ".hidden  0 B", "b.txt  5 B", "big  3.4 KB", "link -> b.txt"]);
  await mkdir(join(cwd, "empty"));
  assert.equal((await ran(lsTool, { path: "empty" })).text, "(empty folder)");
  assert.match((await ran(lsTool, { path: "b.txt" })).text, /is a file/);
  await plant(Object.fromEntries(Array.from({ length: 503 }, (_, index) => [`many/f${index}`, ""])));
  const many = await ran(lsTool, { path: "many" });
  assert.equal(many.lines.length, 501);
  assert.equal(many.lines.at(-1), "… and 3 more");
  assert.equal(many.note, "503 entries");
});

test("glob: newest first, relative to the working folder", async () => {
  await plant({ "src/old.ts": "", "src/new.ts": "", "src/deep/mid.ts": "", "a.md": "" });
  for (const [path, time] of [
    ["src/old.ts", 1_000],
    ["src/deep/mid.ts", 2_000],
    ["src/new.ts", 3_000],
  ] as const) {
    await utimes(join(cwd, path), time, time);
  }
  assert.deepEqual((await ran(globTool, { pattern: "**/*.ts" })).lines, ["src/new.ts", "src/deep/mid.ts", "src/old.ts"]);
  assert.deepEqual((await ran(globTool, { pattern: "*.ts", path: "src/deep" })).lines, ["src/deep/mid.ts"]);
  assert.deepEqual((await ran(globTool, { pattern: `${cwd}/src/n*.ts` })).lines, ["src/new.ts"]);
});

const patterns: readonly (readonly [pattern: string, found: readonly string[]])[] = [
  ["*.ts", ["a.ts", "s/.h.ts", "s/b.ts"]],
  ["./*.ts", ["a.ts"]],
  ["s/", ["s/.h.ts", "s/b.ts", "s/c.js"]],
  ["s/*.{ts,js}", ["s/.h.ts", "s/b.ts", "s/c.js"]],
  ["**/c.*", ["s/c.js"]],
  ["nothing*", []],
];
for (const [pattern, found] of patterns) {
  test(`glob: ${pattern}`, async () => {
    await plant({
      "a.ts": "",
      "s/b.ts": "",
      "s/c.js": "",
      "s/.h.ts": "",
      ".gitignore": "ignored.ts\n",
      "ignored.ts": "",
      "node_modules/x.ts": "",
    });
    const { lines, note } = await ran(globTool, { pattern });
    assert.deepEqual(note, found.length === 1 ? "1 file" : `${found.length} files`);
    if (found.length > 0) assert.deepEqual(lines.toSorted(), found);
  });
}

test("glob: shows 200 and counts the rest", async () => {
  await plant(Object.fromEntries(Array.from({ length: 205 }, (_, index) => [`f${index}`, ""])));
  const { lines } = await ran(globTool, { pattern: "f*" });
  assert.equal(lines.length, 201);
  assert.equal(lines.at(-1), "… and 5 older ones");
});

test("grep: lines with file and number, sorted by path", async () => {
  await plant({ "b.ts": "one\nTwo two\nthree\n", "a/c.ts": "x\r\ntwo\r\n", "d.md": "two" });
  assert.deepEqual((await ran(grepTool, { pattern: "two" })).lines, ["b.ts:2: Two two", "d.md:1: two", "a/c.ts:2: two"]);
  assert.deepEqual((await ran(grepTool, { pattern: "^two", glob: "*.ts" })).lines, ["a/c.ts:2: two"]);
  assert.deepEqual((await ran(grepTool, { pattern: "^two", glob: "*.ts", ignore_case: true })).note, "2 matches");
  assert.deepEqual((await ran(grepTool, { pattern: "(?i)^TWO", path: "b.ts" })).lines, ["b.ts:2: Two two"]);
  assert.deepEqual((await ran(grepTool, { pattern: "two", output: "files" })).lines, ["b.ts", "d.md", "a/c.ts"]);
  assert.deepEqual((await ran(grepTool, { pattern: "two", path: "a" })).lines, ["a/c.ts:2: two"]);
  const none = await ran(grepTool, { pattern: "nowhere" });
  assert.equal(none.isError, false);
  assert.match(none.text, /^No match/);
});

test("grep: context lines, groups apart, none told twice", async () => {
  await plant({ f: Array.from({ length: 20 }, (_, index) => (index % 9 === 3 || index === 5 ? `hit${index}` : `l${index}`)).join("\n") });
  assert.deepEqual((await ran(grepTool, { pattern: "hit", context: 1 })).lines, [
    "f-3- l2",
    "f:4: hit3",
    "f-5- l4",
    "f:6: hit5",
    "f-7- l6",
    "--",
    "f-12- l11",
    "f:13: hit12",
    "f-14- l13",
  ]);
});

test("grep: context across the pieces of a long file", async () => {
  await plant({ f: `${"pad pad pad\n".repeat(60_000)}before\nneedle\nafter\n` });
  assert.deepEqual((await ran(grepTool, { pattern: "needle", context: 1 })).lines, [
    "f-60001- before",
    "f:60002: needle",
    "f-60003- after",
  ]);
});

test("grep: an invalid pattern is told and searched as text", async () => {
  await plant({ f: "call foo(bar\n" });
  const { lines, isError } = await ran(grepTool, { pattern: "foo(" });
  assert.equal(isError, false);
  assert.equal(lines[0], "f:1: call foo(bar");
  assert.match(lines[1] ?? "", /^\[Invalid regular expression.*plain text/);
});

test("grep: a pattern that would take years is stopped", async () => {
  await plant({ "deep/f": `${"a".repeat(60)}b\n` });
  const { isError, text } = await ran(grepTool, { pattern: "(a+)+$" });
  assert.equal(isError, true);
  assert.match(text, /needs too long.*deep\/f.*nested repetition/s);
});

test("grep: 200 matches are shown, the rest counted, long lines cut around the match", async () => {
  await plant({ f: "hit\n".repeat(450), g: `${"x".repeat(5_000)}needle${"y".repeat(5_000)}\n` });
  const many = await ran(grepTool, { pattern: "hit" });
  assert.equal(many.lines.length, 201);
  assert.match(many.lines.at(-1) ?? "", /^… and 250 more matches/);
  const { text } = await ran(grepTool, { pattern: "needle" });
  assert.ok(text.length < 400 && text.includes("xneedley") && text.endsWith("…"), text);
});

test("grep: binary files are passed over, a huge one is named and does not hold it up", async () => {
  await plant({ "a.bin": "needle\0\u0001", "b.txt": "needle" });
  const huge = await open(join(cwd, "huge"), "w");
  await huge.write("needle\n");
  await huge.truncate(1024 ** 3);
  await huge.close();
  const { lines } = await ran(grepTool, { pattern: "needle" });
  assert.deepEqual(lines, ["b.txt:1: needle", "[Not searched, over 20 MB (name the file as path to search it): huge]"]);
});

test("grep: a line without end is named, not held in memory", async () => {
  await plant({ f: "x".repeat(3 * 1024 * 1024), g: "xx" });
  const { lines } = await ran(grepTool, { pattern: "xx" });
  assert.deepEqual(lines, ["g:1: xx", "[Not searched, lines of over 2 million characters: f]"]);
});
