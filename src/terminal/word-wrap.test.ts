import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { WordWrap } from "#terminal/word-wrap.ts";

function wrap(width: number, ...pieces: readonly string[]): string {
  const words = new WordWrap(() => width);
  return pieces.map((piece) => words.push(piece)).join("") + words.flush();
}

test("lines break between words", () => {
  assert.equal(wrap(10, "one two three four"), "one two\nthree four");
});

test("a word cut by the stream is not cut on the screen", () => {
  assert.equal(wrap(10, "one two th", "ree fo", "ur"), "one two\nthree four");
});

test("a word longer than a line is left whole", () => {
  assert.equal(wrap(5, "a https://example.com/long b"), "a\nhttps://example.com/long\nb");
});

test("control sequences of a model never reach the terminal", () => {
  assert.equal(wrap(80, "\u001b[31mred\u001b[0m \u001b]0;title\u0007bell\u0007\r\n"), "red bell\n");
});

test("nothing is lost or reordered, however the text is cut", () => {
  const letters = fc.constantFrom("a", "bc", " ", "  ", "\n", "longword", "é");
  fc.assert(
    fc.property(fc.array(letters), fc.integer({ min: 1, max: 20 }), (pieces, width) => {
      const text = pieces.join("");
      const squeeze = (each: string) => each.replace(/\s+/g, "");
      assert.equal(squeeze(wrap(width, ...pieces)), squeeze(text));
      assert.equal(wrap(width, ...pieces), wrap(width, text));
    }),
  );
});
