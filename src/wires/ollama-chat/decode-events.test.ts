import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { ModelError } from "#model/error.ts";
import { decodeEvents } from "#wires/ollama-chat/decode-events.ts";

const FOLDER = resolve(import.meta.dirname, "../../../fixtures/ollama-chat");
const CASES = readdirSync(FOLDER).filter((file) => /\.(ndjson|json)$/.test(file) && !file.endsWith(".events.json"));

/** The events of these pieces; a failure stands last, as its kind. */
function decoded(pieces: readonly Uint8Array[]): readonly unknown[] {
  const events: unknown[] = [];
  const decoder = decodeEvents();
  try {
    for (const piece of pieces) events.push(...decoder.push(piece));
    events.push(...decoder.end());
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    events.push({ type: "error", kind: error.kind });
  }
  return events;
}

function cutUp(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

for (const file of CASES) {
  test(`decodes ${file}, however it is cut`, () => {
    const bytes = readFileSync(join(FOLDER, file));
    const wanted: unknown = JSON.parse(readFileSync(join(FOLDER, file.replace(/\.\w+$/, ".events.json")), "utf8"));
    assert.deepEqual(decoded([bytes]), wanted);
    assert.deepEqual(decoded([...bytes].map((byte) => Uint8Array.of(byte))), wanted);
    // On a failure fast-check prints its seed and the cuts.
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => assert.deepEqual(decoded(cutUp(bytes, cuts)), wanted)),
      { numRuns: 30 },
    );
  });
}

const failure = (text: string): ModelError => {
  const decoder = decodeEvents();
  try {
    decoder.push(Buffer.from(text));
    decoder.end();
  } catch (error) {
    assert.ok(error instanceof ModelError);
    return error;
  }
  return assert.fail("no error");
};

test("quotes what the server says", () => {
  assert.match(failure('{"error":"CUDA error: out of memory"}\n').message, /"CUDA error: out of memory"/);
});

test("says what else speaks at the address", () => {
  assert.match(failure("<html><title>Sign in</title></html>").message, /web page \("Sign in"\)/);
  assert.match(failure("data: {}\n\n").message, /event stream/);
  assert.match(failure('{"choices":[]}').message, /fields \["choices"\]/);
  assert.match(failure("").message, /empty/);
});

test("a failure lasts: the next call throws it again", () => {
  const decoder = decodeEvents();
  const line = '{"model":"m","message":{"content":"We"},"done":false}\n';
  assert.equal(decoder.push(Buffer.from(`${line}nonsense\n`)).length, 2);
  assert.throws(() => decoder.push(Buffer.from(line)), { kind: "bad-response" });
  assert.throws(() => decoder.end(), { kind: "bad-response" });
});

test("an id made here never meets one that was given", () => {
  const call = (id: string) => ({ id, function: { name: "f", arguments: {} } });
  const message = { content: "", tool_calls: [call("call_1"), call(""), call("call_1")] };
  const events = decoded([Buffer.from(JSON.stringify({ model: "m", message, done: true }))]);
  const ids = events.flatMap((event) => (event instanceof Object && "id" in event ? [event.id] : []));
  assert.deepEqual(ids, ["call_1", "call_2", "call_3"]);
});
