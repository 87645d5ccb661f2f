import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { asArray, asObject, isObject, parseJson } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import { decodeEvents } from "#wires/bedrock-converse/decode-events.ts";
import { encodeFrame } from "#wires/bedrock-converse/frames.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "fixtures/bedrock-converse");
const RECORDED = join(ROOT, "../shared/recorded/amazon-bedrock");

type Step = StreamEvent | { readonly type: "error"; readonly kind: string };

const ANSWER = /\.(frames\.json|eventstream|txt|json)$/;

for (const file of readdirSync(FIXTURES).filter((name) => ANSWER.test(name) && !/\.(events|request)\.json$/.test(name))) {
  test(`decode: ${file} gives its events, however it is cut`, () => {
    const bytes = bytesOf(file);
    const expected: unknown = JSON.parse(readFileSync(join(FIXTURES, file.replace(ANSWER, ".events.json")), "utf8"));
    assert.deepEqual(decode([bytes]), expected);
    assert.deepEqual(decode([...bytes].map((byte) => Uint8Array.of(byte))), expected);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (points) => assert.deepEqual(decode(cut(bytes, points)), expected)),
      { numRuns: 40 },
    );
  });
}

test("decode: a stream that ends anywhere before its stop is interrupted", () => {
  const bytes = bytesOf("raw.eventstream");
  const stop =
    bytes.length - frame("metadata", { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 }, metrics: { latencyMs: 9 } }).length;
  for (let length = 0; length < bytes.length; length += 1) {
    if (length === stop) continue;
    assert.deepEqual(decode([bytes.subarray(0, length)]).at(-1), { type: "error", kind: "interrupted" }, `cut after ${length} bytes`);
  }
});

test("decode: a flipped bit anywhere is never a success", () => {
  const bytes = bytesOf("raw.eventstream");
  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    assert.equal(decode([flipped]).at(-1)?.type, "error", `byte ${at}`);
  }
});

for (const [stop, reason] of [
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool-calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["guardrail_intervened", "content-filter"],
  ["content_filtered", "content-filter"],
  ["malformed_model_output", "error"],
  ["constructor", "other"],
] as const) {
  test(`decode: the stop reason ${stop} is ${reason}`, () => {
    const finish = decode([frame("messageStop", { stopReason: stop }), frame("metadata", {})]).at(-1);
    assert.equal(finish?.type === "finish" && finish.reason, reason);
  });
}

for (const [type, message, kind] of [
  ["throttlingException", "Too many tokens, please wait before trying again.", "rate-limit"],
  ["modelStreamErrorException", "The system encountered an error.", "server"],
  ["modelTimeoutException", "", "server"],
  ["internalServerException", "", "server"],
  ["serviceUnavailableException", "", "overloaded"],
  ["validationException", "The model returned the following errors: prompt is too long", "context-overflow"],
  ["validationException", "messages.1.content is empty", "bad-request"],
  ["accessDeniedException", "You don't have access to the model", "permission"],
] as const) {
  test(`decode: the exception ${type} ${JSON.stringify(message)} is ${kind}, after what was said`, () => {
    const headers = { ":message-type": "exception", ":exception-type": type };
    const said = frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text: "a" } });
    const steps = decode([Buffer.concat([said, encodeFrame(headers, JSON.stringify({ message }))])]);
    assert.deepEqual(
      steps.map((step) => (step.type === "error" ? step.kind : step.type)),
      ["start", "text-delta", kind],
    );
  });
}

test("decode: a failure keeps being thrown", () => {
  const decoder = decodeEvents();
  const bytes = encodeFrame({ ":message-type": "exception", ":exception-type": "internalServerException" }, "{}");
  assert.throws(() => decoder.push(bytes), ModelError);
  assert.throws(() => decoder.push(frame("messageStop", {})), ModelError);
  assert.throws(() => decoder.end(), ModelError);
});

test("decode: it is done with both end marks, and not before", () => {
  const decoder = decodeEvents();
  decoder.push(frame("messageStop", { stopReason: "end_turn" }));
  assert.equal(decoder.done, false);
  decoder.push(frame("metadata", {}));
  assert.equal(decoder.done, true);
});

test("decode: the bytes may be written over once they were pushed", () => {
  const decoder = decodeEvents();
  const bytes = Buffer.from(bytesOf("raw.eventstream"));
  const events: StreamEvent[] = [];
  for (let at = 0; at < bytes.length; at += 7) {
    const piece = Buffer.from(bytes.subarray(at, at + 7));
    events.push(...decoder.push(piece));
    piece.fill(0);
  }
  events.push(...decoder.end());
  assert.deepEqual(events, decode([bytes]));
});

test("decode: an 8 MB frame in small pieces is read in linear work", () => {
  const text = "x".repeat(8 * 1024 * 1024);
  const bytes = Buffer.concat([
    frame("contentBlockDelta", { contentBlockIndex: 0, delta: { text } }),
    frame("messageStop", { stopReason: "end_turn" }),
  ]);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 256) chunks.push(bytes.subarray(at, at + 256));
  const said = decode(chunks).find((event) => event.type === "text-delta");
  assert.equal(said?.type === "text-delta" && said.text.length, text.length);
});

const recorded = existsSync(RECORDED) ? readdirSync(RECORDED).toSorted() : [];
if (recorded.length === 0) test("decode: recorded answers", { skip: "the folder of recorded answers is not here" }, () => {});
for (const file of recorded) {
  test(`decode: the recorded answer ${file}`, () => {
    const text = readFileSync(join(RECORDED, file), "utf8");
    const isStream = file.endsWith(".chunks.txt");
    const events = isStream ? text.split("\n").flatMap((line) => Object.entries(asObject(parseJson(line)) ?? {})) : [];
    const bytes = isStream ? Buffer.concat(events.map(([name, payload]) => frame(name, payload))) : Buffer.from(text);
    const fold = new AnswerFold();
    for (const event of decode([bytes])) {
      assert.ok(event.type !== "error", "the recorded answer is no failure");
      fold.add(event);
    }
    const { message, usage } = fold.finish();
    const expected = isStream ? plainStream(events.map(([, payload]) => payload)) : plainWhole(parseJson(text));
    assert.equal(textOf(message), expected.text);
    assert.deepEqual(
      toolCallsOf(message).map(({ id, name, json }) => ({ id, name, json: parseJson(json) })),
      expected.calls,
    );
    assert.ok(usage.inputTokens !== null && usage.outputTokens !== null);
  });
}

type Plain = { readonly text: string; readonly calls: readonly unknown[] };

/** What a stream says, by plain concatenation. */
function plainStream(payloads: readonly unknown[]): Plain {
  let text = "";
  const calls = new Map<unknown, { id: unknown; name: unknown; json: string }>();
  for (const { contentBlockIndex, start, delta } of payloads.filter(isObject)) {
    const called = asObject(asObject(start)?.toolUse);
    if (called !== undefined) calls.set(contentBlockIndex, { id: called.toolUseId, name: called.name, json: "" });
    text += String(asObject(delta)?.text ?? "");
    const call = calls.get(contentBlockIndex);
    if (call !== undefined) call.json += String(asObject(asObject(delta)?.toolUse)?.input ?? "");
  }
  return { text, calls: [...calls.values()].map(({ id, name, json }) => ({ id, name, json: parseJson(json || "{}") })) };
}

function plainWhole(answer: unknown): Plain {
  const message = asObject(asObject(asObject(answer)?.output)?.message);
  const blocks = (asArray(message?.content) ?? []).filter(isObject);
  return {
    text: blocks.map(({ text }) => String(text ?? "")).join(""),
    calls: blocks.flatMap(({ toolUse }) => (isObject(toolUse) ? [{ id: toolUse.toolUseId, name: toolUse.name, json: toolUse.input }] : [])),
  };
}

/** A `.frames.json` lists frames: `[event, payload]`, or `{ headers, body }` for any other. */
function bytesOf(file: string): Uint8Array {
  const raw = readFileSync(join(FIXTURES, file));
  if (!file.endsWith(".frames.json")) return raw;
  const frames = asArray(parseJson(raw.toString("utf8"))) ?? [];
  return Buffer.concat(
    frames.map((item) => {
      if (Array.isArray(item)) return frame(String(item[0]), item[1]);
      // The fixtures' own shape.
      const { headers, body } = item as { readonly headers: Readonly<Record<string, string>>; readonly body: unknown };
      return encodeFrame(headers, typeof body === "string" ? body : JSON.stringify(body));
    }),
  );
}

const frame = (event: string, payload: unknown): Uint8Array =>
  encodeFrame({ ":event-type": event, ":content-type": "application/json", ":message-type": "event" }, JSON.stringify(payload));

/** The events, and as the last of them the failure, where there was one. */
function decode(chunks: readonly Uint8Array[]): readonly Step[] {
  const decoder = decodeEvents();
  const steps: Step[] = [];
  try {
    for (const chunk of chunks) steps.push(...decoder.push(chunk));
    steps.push(...decoder.end());
  } catch (error) {
    assert.ok(error instanceof ModelError, String(error));
    steps.push({ type: "error", kind: error.kind });
  }
  return steps;
}

function cut(bytes: Uint8Array, points: readonly number[]): readonly Uint8Array[] {
  const ends = [...points.toSorted((left, right) => left - right), bytes.length];
  return ends.map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end));
}
