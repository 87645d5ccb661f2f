import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { asArray, asObject, asString } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import { decodeEvents } from "#wires/cohere-chat/decode-events.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "fixtures/cohere-chat");

for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith(".events.json"))) {
  const stem = name.slice(0, -".events.json".length);
  test(`cohere-chat decodes ${stem}, however it is cut`, () => {
    const file = [`${stem}.sse`, `${stem}.json`].map((each) => join(FIXTURES, each)).find((each) => existsSync(each));
    assert.ok(file, `${stem} has no raw bytes`);
    const bytes = readFileSync(file);
    const wanted: unknown = JSON.parse(readFileSync(join(FIXTURES, name), "utf8"));
    assert.deepEqual(decoded([bytes]), wanted);
    assert.deepEqual(decoded([...bytes].map((byte) => Uint8Array.of(byte))), wanted);
    // On a failure fast-check prints its seed and the cuts.
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 12 }), (cuts) => assert.deepEqual(decoded(cutUp(bytes, cuts)), wanted)),
      { numRuns: 30 },
    );
  });
}

test("cohere-chat: an answer that lost its end anywhere after its beginning is interrupted, never done", () => {
  const text = readFileSync(join(FIXTURES, "plan-and-parallel-calls.sse"));
  const beginning = text.indexOf("\n\n") + 2;
  for (let length = beginning; length < text.lastIndexOf("event: message-end"); length += 1) {
    const last = decoded([text.subarray(0, length)]).at(-1);
    assert.deepEqual(last, { type: "error", kind: "interrupted" }, `cut after ${length} bytes`);
  }
});

test("cohere-chat: a failure lasts", () => {
  const decoder = decodeEvents();
  const good = 'data: {"type":"content-delta","delta":{"message":{"content":{"text":"We"}}}}\n\n';
  assert.equal(decoder.push(Buffer.from(`${good}data: {"message":"too many tokens"}\n\n`)).length, 2);
  assert.throws(() => decoder.push(Buffer.from(good)), { kind: "context-overflow" });
  assert.throws(() => decoder.end(), { kind: "context-overflow" });
});

test("cohere-chat: the end mark is told at once, for servers that leave the connection open", () => {
  const decoder = decodeEvents();
  decoder.push(Buffer.from('data: {"type":"message-start","id":"m"}\n\n'));
  assert.equal(decoder.done, false);
  decoder.push(Buffer.from('data: {"type":"message-end","delta":{"finish_reason":"COMPLETE"}}\n\n'));
  assert.equal(decoder.done, true);
});

const RECORDED = join(ROOT, "../shared/recorded/cohere");
const skip = existsSync(RECORDED) ? false : "the folder with recorded answers is not here";

test("cohere-chat: recorded answers decode to what they say", { skip }, async (t) => {
  const files = readdirSync(RECORDED);
  assert.ok(files.length > 0);
  for (const file of files) {
    await t.test(file, () => {
      const text = readFileSync(join(RECORDED, file), "utf8");
      const lines = file.endsWith(".txt") ? text.split("\n").filter((line) => line.trim() !== "") : [text];
      const raw = file.endsWith(".txt") ? lines.map((line) => `data: ${line}\n\n`).join("") : text;
      const fold = new AnswerFold();
      for (const event of events([Buffer.from(raw)])) fold.add(event);
      const { message, usage, reason } = fold.finish();
      const said = concatenate(lines.map((line) => asObject(JSON.parse(line)) ?? {}));
      assert.notEqual(said.text, "");
      assert.equal(textOf(message), said.text);
      assert.deepEqual(
        toolCallsOf(message).map(({ id, name, json }) => `${id} ${name} ${json}`),
        said.calls,
      );
      assert.equal(reason, said.calls.length > 0 ? "tool-calls" : "stop");
      assert.ok((usage.inputTokens ?? 0) > (usage.cacheReadTokens ?? 0) && (usage.outputTokens ?? 0) > 0);
    });
  }
});

type Said = { text: string; readonly calls: string[] };

/** What recorded pieces say, read without any of our own rules. */
function concatenate(pieces: readonly Readonly<Record<string, unknown>>[]): Said {
  const said: Said = { text: "", calls: [] };
  for (const piece of pieces) {
    const message = asObject(asObject(piece["delta"])?.["message"]) ?? asObject(piece["message"]) ?? {};
    said.text += asString(message["tool_plan"]) ?? "";
    const { content, tool_calls: calls } = message;
    for (const part of asArray(content) ?? [content]) said.text += asString(asObject(part)?.["text"]) ?? "";
    for (const call of (asArray(calls) ?? [calls]).map(asObject)) {
      const called = asObject(call?.["function"]);
      if (called === undefined) continue;
      if (call?.["id"] !== undefined) said.calls.push(`${String(call["id"])} ${String(called["name"])} `);
      said.calls[said.calls.length - 1] += asString(called["arguments"]) ?? "";
    }
  }
  return said;
}

function* events(pieces: readonly Uint8Array[]): Generator<StreamEvent> {
  const decoder = decodeEvents();
  for (const piece of pieces) yield* decoder.push(piece);
  yield* decoder.end();
}

/** The events of these pieces; a failure stands last, as its kind. */
function decoded(pieces: readonly Uint8Array[]): readonly unknown[] {
  const seen: unknown[] = [];
  try {
    for (const event of events(pieces)) seen.push(event);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    seen.push({ type: "error", kind: error.kind });
  }
  return seen;
}

function cutUp(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}
