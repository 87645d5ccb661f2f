import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, open, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { readTool } from "#tools/read.ts";
import type { ToolContext, ToolOutcome } from "#tools/tool.ts";

let root = "";
let cwd = "";
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "read-")));
  cwd = join(root, "work");
  await mkdir(join(cwd, "folder"), { recursive: true });
  await writeFile(join(root, "secret"), "top secret");
  await symlink(join(root, "secret"), join(cwd, "link-out"));
  await put("three.txt", "one\n\tb\nthree\n");
});
after(() => rm(root, { recursive: true }));

const put = (name: string, content: string | Uint8Array): Promise<void> => writeFile(join(cwd, name), content);

const context = (extra: Partial<ToolContext> = {}): ToolContext => ({
  cwd,
  signal: new AbortController().signal,
  vision: false,
  shell: { kind: "open" },
  env: {},
  ...extra,
});
const read = (args: object, extra?: Partial<ToolContext>): Promise<ToolOutcome> => readTool.run(args, context(extra));

function textOf({ content }: ToolOutcome): string {
  const [block] = content;
  return block?.type === "text" ? block.text : "";
}

test("lines are numbered", async () => {
  const outcome = await read({ path: "three.txt" });
  assert.deepEqual(outcome, { content: [{ type: "text", text: "1→one\n2→\tb\n3→three" }], isError: false, note: "3 lines" });
});

test("a part says what it is and how to go on", async () => {
  const part = await read({ path: "three.txt", offset: 2, limit: 1 });
  assert.equal(textOf(part), "2→\tb\n\n[Lines 2-2 of 3. Go on with offset 3.]");
  assert.equal(textOf(await read({ path: "three.txt", offset: 3 })), "3→three\n\n[Lines 3-3 of 3.]");
  const past = await read({ path: "three.txt", offset: 4 });
  assert.ok(past.isError && textOf(past).includes("3 lines"));
});

test("a file without a line break at its end, with CRLF, with a mark", async () => {
  await put("odd.txt", "\uFEFFa\r\nb\r\n\r\nc");
  assert.equal(textOf(await read({ path: "odd.txt" })), "1→a\n2→b\n3→\n4→c");
});

test("at most 2,000 lines", async () => {
  await put("many.txt", "x\n".repeat(2_500));
  const text = textOf(await read({ path: "many.txt" }));
  assert.equal(text.split("\n").length, 2_002);
  assert.ok(text.endsWith("2000→x\n\n[Lines 1-2000 of 2500. Go on with offset 2001.]"));
});

test("at most 50 KB, in whole lines; going on misses nothing", async () => {
  await put("wide.txt", Array.from({ length: 200 }, (_, index) => `${index}é`.padEnd(999, "é")).join("\n"));
  let next = 1;
  let seen = "";
  for (let parts = 0; next > 0 && parts < 20; parts += 1) {
    const text = textOf(await read({ path: "wide.txt", offset: next }));
    assert.ok(Buffer.byteLength(text) < 52 * 1024);
    seen += `${text.split("\n\n[")[0]}\n`;
    next = Number(/offset (\d+)/.exec(text)?.[1] ?? 0);
  }
  assert.deepEqual(
    [...seen.matchAll(/^(\d+)→(\d+)é/gm)].map(([, number, index]) => Number(number) - Number(index)),
    Array(200).fill(1),
  );
});

test("long lines are cut and say so", async () => {
  await put("long.txt", `${"a".repeat(3_000)}\n${"b".repeat(2_000)}\r\n${"😀".repeat(1_001)}\n`);
  const [first = "", second = "", third = ""] = textOf(await read({ path: "long.txt" })).split("\n");
  assert.equal(first, `1→${"a".repeat(2_000)} [line cut at 2000 characters]`);
  assert.equal(second, `2→${"b".repeat(2_000)}`);
  assert.ok(third.isWellFormed() && third.endsWith("cut at 2000 characters]"));
});

for (const [name, bytes] of [
  ["utf-16le", Buffer.from("\uFEFFgrüß\r\nGott", "utf16le")],
  ["utf-16be", Buffer.from("\uFEFFgrüß\r\nGott", "utf16le").swap16()],
] as const) {
  test(`${name} is decoded`, async () => {
    await put(name, bytes);
    assert.equal(textOf(await read({ path: name })), "1→grüß\n2→Gott");
  });
}

const binaries: readonly (readonly [name: string, bytes: Uint8Array, words: RegExp])[] = [
  ["nul", Buffer.from("a\0b"), /binary data, 3 bytes/],
  ["elf", Buffer.from("\x7fELF\x02\x01\x01\0"), /ELF program/],
  ["pdf", Buffer.from("%PDF-1.7\nplain"), /PDF/],
  ["zip", Buffer.from("PK\x03\x04rest"), /ZIP/],
  ["noise", Buffer.from(Array.from({ length: 300 }, (_, index) => 128 + ((index * 37) % 128))), /binary data/],
];
for (const [name, bytes, words] of binaries) {
  test(`${name} is told to be no text`, async () => {
    await put(`${name}.bin`, bytes);
    const outcome = await read({ path: `${name}.bin` });
    assert.ok(outcome.isError);
    assert.match(textOf(outcome), words);
  });
}

test("a few wrong bytes do not make a text binary", async () => {
  await put("latin1.txt", Buffer.from("un caf\xe9 pour le moment\n", "latin1"));
  assert.equal(textOf(await read({ path: "latin1.txt" })), "1→un caf\uFFFD pour le moment");
});

test("empty files, folders, missing files", async () => {
  await put("empty.txt", "");
  assert.equal(textOf(await read({ path: "empty.txt" })), "empty.txt is empty.");
  const folder = await read({ path: "folder" });
  assert.ok(folder.isError && textOf(folder).includes("ls"));
  const missing = await read({ path: "thre.txt" });
  assert.ok(missing.isError && textOf(missing).includes("three.txt"));
  assert.ok((await read({ path: "no/such/file" })).isError);
});

for (const path of ["../secret", "link-out", "/etc/passwd", "folder/../../secret"]) {
  test(`${path} is refused`, async () => {
    const outcome = await read({ path });
    assert.ok(outcome.isError);
    assert.ok(textOf(outcome).includes(cwd) && !textOf(outcome).includes("top secret"));
  });
}

const images: readonly (readonly [name: string, start: Uint8Array, mediaType: string])[] = [
  ["a.png", PNG, "image/png"],
  ["a.jpg", Buffer.from("ffd8ffe000104a464946", "hex"), "image/jpeg"],
  ["a.gif", Buffer.from("GIF89a\x01\0"), "image/gif"],
  ["a.webp", Buffer.from("RIFF\x10\0\0\0WEBPVP8 "), "image/webp"],
];
for (const [name, bytes, mediaType] of images) {
  test(`${name} is shown where the model sees`, async () => {
    await put(name, bytes);
    const seen = await read({ path: name }, { vision: true });
    assert.deepEqual(seen.content[1], { type: "image", mediaType, data: Buffer.from(bytes).toString("base64") });
    const unseen = await read({ path: name });
    assert.equal(unseen.content.length, 1);
    assert.ok(!unseen.isError && textOf(unseen).includes("cannot be shown"));
  });
}

test("an image over 5 MB is not shown", async () => {
  await put("big.png", Buffer.concat([PNG, Buffer.alloc(5 * 1024 * 1024)]));
  const outcome = await read({ path: "big.png" }, { vision: true });
  assert.ok(outcome.isError && outcome.content.length === 1);
});

test("a file of a gigabyte is read at its start, and its end is said to be too far", async () => {
  const file = await open(join(cwd, "huge.txt"), "w");
  await file.write("line\n".repeat(20_000));
  await file.truncate(1024 ** 3);
  await file.close();
  const start = textOf(await read({ path: "huge.txt", limit: 2 }));
  assert.ok(start.startsWith("1→line\n2→line\n\n[Lines 1-2 of at least 2000"));
  const far = await read({ path: "huge.txt", offset: 30_000_000 });
  assert.ok(far.isError && textOf(far).includes("too far"));
});

test("pipes, sockets and devices are refused without waiting", async () => {
  execFileSync("mkfifo", [join(cwd, "pipe")]);
  assert.ok((await read({ path: "pipe" })).isError);
  const server = createServer();
  await promisify((path: string, done: () => void) => server.listen(path, done))(join(cwd, "socket"));
  assert.ok((await read({ path: "socket" })).isError);
  server.close();
});

test("wrong arguments are told", async () => {
  for (const args of [{}, { path: 1 }, { path: "a", offset: 0 }, { path: "a", extra: true }]) assert.ok((await read(args)).isError);
});

test("an aborted call throws", async () => {
  await assert.rejects(read({ path: "three.txt" }, { signal: AbortSignal.abort() }));
});

test("its memory does not grow with the file", async () => {
  const file = await open(join(cwd, "one-line.txt"), "w");
  await file.write("x".repeat(70_000));
  await file.truncate(300 * 1024 * 1024);
  await file.close();
  const script = `
    const { readTool } = await import("#tools/read.ts");
    const signal = new AbortController().signal;
    const context = { cwd: ${JSON.stringify(cwd)}, signal, vision: false, shell: { kind: "open" }, env: {} };
    const outcome = await readTool.run({ path: "one-line.txt" }, context);
    console.log(outcome.isError, process.resourceUsage().maxRSS < 200 * 1024);`;
  const options = { cwd: new URL(".", import.meta.url) };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], options);
  assert.equal(stdout.trim(), "false true");
});
