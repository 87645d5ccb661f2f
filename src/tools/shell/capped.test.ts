import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { CappedOutput, readable } from "#tools/shell/capped.ts";

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "capped-"));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);

function capped(pieces: readonly Uint8Array[], options: { headBytes?: number; tailBytes?: number; saveLimitBytes?: number } = {}) {
  const saveAs = join(folder, "out.txt");
  const output = new CappedOutput({ headBytes: 10, tailBytes: 10, saveLimitBytes: 1_000, saveAs, ...options });
  for (const piece of pieces) output.push(piece);
  return output.end();
}

test("what fits is whole and writes no file", () => {
  assert.deepEqual(capped([bytes("0123456"), bytes("789abcdefghij")]), { text: "0123456789abcdefghij", totalBytes: 20 });
  assert.equal(existsSync(join(folder, "out.txt")), false);
});

test("keeps whole lines of head and tail, counts the rest and saves all, however the output is cut", () => {
  const all = Array.from({ length: 50 }, (_, index) => `line${index}\n`).join("");
  for (const size of [1, 3, 7, 400]) {
    const file = join(folder, `out-${size}.txt`);
    const output = new CappedOutput({ headBytes: 14, tailBytes: 14, saveLimitBytes: 1_000, saveAs: file });
    for (let at = 0; at < all.length; at += size) output.push(bytes(all.slice(at, at + size)));
    const { text, totalBytes, savedAs } = output.end();
    assert.equal(text, `line0\nline1\n… ${all.length - 18} bytes left out (all of it: ${file}) …\nline49`);
    assert.equal(totalBytes, all.length);
    assert.equal(readFileSync(savedAs ?? "", "utf8"), all);
  }
});

test("never breaks a character in two", () => {
  const { text } = capped([bytes("é€😀".repeat(20))]);
  assert.equal(text.includes("\ufffd"), false);
  assert.match(text, /^é€.*bytes left out.*😀$/su);
});

test("saves no more than its limit and says so", () => {
  const { text } = capped([Buffer.alloc(5_000, "x")], { saveLimitBytes: 100 });
  assert.match(text, /left out \(the first 100 bytes: /);
  assert.equal(readFileSync(join(folder, "out.txt")).length, 100);
});

test("goes on without the file where it cannot be written", () => {
  const output = new CappedOutput({ headBytes: 4, tailBytes: 4, saveLimitBytes: 100, saveAs: join(folder, "no/such/folder") });
  output.push(bytes("0123456789abcdef"));
  const { text, savedAs } = output.end();
  assert.equal(savedAs, undefined);
  assert.equal(text, "0123\n… 8 bytes left out …\ncdef");
});

const lines: readonly (readonly [raw: string, shown: string])[] = [
  ["\u001b[31mred\u001b[0m plain", "red plain"],
  ["\u001b]0;title\u0007text", "text"],
  ["10%\r50%\r100%\nnext", "100%\nnext"],
  ["dos\r\nlines\r\n", "dos\nlines"],
  ["a\u0000b\u0008c\u007fd\u009be", "abcde"],
  ["tab\tstays", "tab\tstays"],
];
for (const [raw, shown] of lines) {
  test(`shows ${JSON.stringify(raw)} as a terminal would leave it`, () => assert.equal(readable(bytes(raw)), shown));
}

test("wrong UTF-8 is marked and does no harm", () => {
  assert.equal(readable(Buffer.from([0x61, 0xff, 0xfe, 0x62])), "a\ufffd\ufffdb");
});
