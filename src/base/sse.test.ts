import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineTooLong } from "#base/lines.ts";
import { SseParser, type SseEvent } from "#base/sse.ts";

function parse(...chunks: readonly (string | Uint8Array)[]): readonly SseEvent[] {
  const parser = new SseParser();
  const events = chunks.flatMap((chunk) => parser.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk));
  return [...events, ...parser.end()];
}

test("fields, comments and blank lines as the standard says", () => {
  const text = ": ping\nevent: a\nid: 7\nretry: 9\ndata: one\ndata:two\n\ndata\n\nevent: unheard\n\ndata:  kept space\n\n";
  assert.deepEqual(parse(text), [
    { event: "a", data: "one\ntwo" },
    { event: "", data: "" },
    { event: "", data: " kept space" },
  ]);
});

test("LF, CRLF and CR end a line, also where a chunk ends between CR and LF", () => {
  const expected = [{ event: "", data: "x" }];
  for (const end of ["\n", "\r\n", "\r"]) assert.deepEqual(parse(`data: x${end}${end}`), expected);
  assert.deepEqual(parse("data: x\r", "\n\r", "\n"), expected);
});

test("a byte order mark is dropped; an event without its blank line is given at the end", () => {
  assert.deepEqual(parse("\uFEFFdata: x"), [{ event: "", data: "x" }]);
});

test("the events do not depend on where the bytes are cut", () => {
  const line = fc.constantFrom("data: grüße 🌍", "data:", "event: e", ": c", "data: {}", "id: 1", "x", "");
  const text = fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")))
    .map((lines) => lines.map(([words, end]) => words + end).join(""));
  fc.assert(
    fc.property(text, fc.array(fc.nat(400)), (whole, cuts) => {
      const bytes = Buffer.from(whole);
      const at = [...cuts.filter((cut) => cut < bytes.length), 0, bytes.length].toSorted((a, b) => a - b);
      const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      assert.deepEqual(parse(...chunks), parse(bytes));
    }),
  );
});

test("a line over the limit is refused, whether it comes at once or in pieces", () => {
  const whole = new SseParser(1000);
  assert.throws(() => whole.push(Buffer.from(`data: ${"x".repeat(2000)}\n`)), LineTooLong);
  const pieces = new SseParser(1000);
  assert.throws(() => {
    for (let at = 0; at < 300; at += 1) pieces.push(Buffer.from("12345678"));
  }, LineTooLong);
});

test("an 8 MB line in small pieces is read in linear work", () => {
  const parser = new SseParser();
  const piece = Buffer.from("x".repeat(64));
  parser.push(Buffer.from("data: "));
  for (let at = 0; at < 131_072; at += 1) assert.equal(parser.push(piece).length, 0);
  const [event] = parser.push(Buffer.from("\n\n"));
  assert.equal(event?.data.length, 8 * 1024 * 1024);
});
