import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, POLICY, type ErrorKind } from "#model/error.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { errorFromAnswer, errorFromBody } from "#wires/answer-error.ts";
import { encodeError } from "#wires/google-generate/encode-error.ts";
import { encodeEvents } from "#wires/google-generate/encode-events.ts";

const USAGE = { inputTokens: 100, outputTokens: 7, cacheReadTokens: 60, cacheWriteTokens: null, reasoningTokens: 4 };
const WIRE_USAGE = {
  promptTokenCount: 100,
  cachedContentTokenCount: 60,
  candidatesTokenCount: 3,
  thoughtsTokenCount: 4,
  totalTokenCount: 107,
};
const own = (data: { readonly [key: string]: string | { readonly [key: string]: string } }) => ({ wire: "google-generate", data });
const call = (index: number, json: string): StreamEvent => ({ type: "tool-delta", index, id: toolCallId(`t${index}`), name: "read", json });

const EVENTS: readonly StreamEvent[] = [
  { type: "start", model: "served", id: "r1" },
  { type: "reasoning-delta", index: 0, text: "hm" },
  { type: "block-end", index: 0, carry: own({ thoughtSignature: "s0" }) },
  { type: "text-delta", index: 1, text: "Hi" },
  { type: "block-end", index: 1, carry: own({ groundingMetadata: { a: "b" } }) },
  call(2, ""),
  call(3, '{"b":2}'),
  call(2, '{"a":'),
  call(2, "1}"),
  { type: "block-end", index: 2, carry: own({ thoughtSignature: "s2" }) },
  { type: "block-end", index: 3 },
  { type: "opaque", index: 4, carry: own({ part: { videoMetadata: "x" } }) },
  { type: "opaque", index: 5, carry: { wire: "openai-responses", data: { part: { text: "foreign" } } } },
  { type: "tool-delta", index: 6, id: toolCallId("s"), name: "search", json: "{}", providerExecuted: true },
  { type: "block-end", index: 6 },
  { type: "finish", reason: "tool-calls", usage: USAGE },
];

const CALLS = [
  { functionCall: { id: "t2", name: "read", args: { a: 1 } }, thoughtSignature: "s2" },
  { functionCall: { id: "t3", name: "read", args: { b: 2 } } },
];

test("encode events: a stream is one response a piece", () => {
  const piece = (part: object) => ({
    candidates: [{ content: { parts: [part], role: "model" }, index: 0 }],
    modelVersion: "served",
    responseId: "r1",
  });
  assert.deepEqual(stream(EVENTS), [
    piece({ text: "hm", thought: true }),
    piece({ text: "", thought: true, thoughtSignature: "s0" }),
    piece({ text: "Hi" }),
    ...CALLS.map(piece),
    piece({ videoMetadata: "x" }),
    {
      candidates: [{ content: { parts: [{ text: "" }], role: "model" }, groundingMetadata: { a: "b" }, finishReason: "STOP", index: 0 }],
      usageMetadata: WIRE_USAGE,
      modelVersion: "served",
      responseId: "r1",
    },
  ]);
});

test("encode events: a whole answer is one response", () => {
  const encoder = encodeEvents({ model: "asked", stream: false });
  assert.equal(encoder.contentType, "application/json");
  assert.equal(EVENTS.map((event) => encoder.push(event)).join(""), "");
  assert.deepEqual(JSON.parse(String(encoder.end())), {
    candidates: [
      {
        content: {
          parts: [{ text: "hm", thought: true, thoughtSignature: "s0" }, { text: "Hi" }, ...CALLS, { videoMetadata: "x" }],
          role: "model",
        },
        groundingMetadata: { a: "b" },
        finishReason: "STOP",
        index: 0,
      },
    ],
    usageMetadata: WIRE_USAGE,
    modelVersion: "served",
    responseId: "r1",
  });
});

test("encode events: a call that was not closed is written before the end, broken arguments in an object", () => {
  const [piece] = stream([call(0, '{"a":'), { type: "finish", reason: "length", usage: UNKNOWN_USAGE }]);
  assert.deepEqual(JSON.parse(JSON.stringify(piece)).candidates[0].content.parts, [
    { functionCall: { id: "t0", name: "read", args: { invalid_json: '{"a":' } } },
  ]);
});

test("encode events: what nobody counted is left out, and the asked model stands for an unknown one", () => {
  assert.deepEqual(
    stream([
      { type: "start", model: "" },
      { type: "finish", reason: "other", usage: UNKNOWN_USAGE },
    ]),
    [
      {
        candidates: [{ content: { parts: [{ text: "" }], role: "model" }, finishReason: "OTHER", index: 0 }],
        usageMetadata: {},
        modelVersion: "asked",
      },
    ],
  );
});

for (const [reason, expected] of [
  ["stop", "STOP"],
  ["tool-calls", "STOP"],
  ["length", "MAX_TOKENS"],
  ["content-filter", "SAFETY"],
  ["error", "OTHER"],
] as const satisfies readonly (readonly [FinishReason, string])[]) {
  test(`encode events: ${reason} is ${expected}`, () => {
    const encoder = encodeEvents({ model: "m", stream: false });
    encoder.push({ type: "finish", reason, usage: UNKNOWN_USAGE });
    assert.equal(JSON.parse(String(encoder.end())).candidates[0].finishReason, expected);
  });
}

test("encode events: a whole answer without its finish is interrupted", () => {
  const encoder = encodeEvents({ model: "asked", stream: false });
  encoder.push({ type: "text-delta", index: 0, text: "Hi" });
  assert.throws(
    () => encoder.end(),
    (error) => error instanceof ModelError && error.kind === "interrupted",
  );
});

for (const kind of Object.keys(POLICY) as ErrorKind[]) {
  test(`encode error: ${kind}`, () => {
    const { status, body } = encodeError(new ModelError(kind, "it failed"));
    const { error } = JSON.parse(body);
    assert.equal(status, POLICY[kind].httpStatus);
    assert.deepEqual([error.code, error.message], [status, "it failed"]);
    assert.match(error.status, /^[A-Z_]+$/);
  });
}

for (const kind of [
  "rate-limit",
  "overloaded",
  "server",
  "auth",
  "permission",
  "bad-request",
  "model-not-found",
  "context-overflow",
] as const) {
  test(`encode error: our own client reads ${kind} back`, () => {
    const { status, body } = encodeError(new ModelError(kind, "it failed"));
    assert.equal(errorFromBody(JSON.parse(body), status).kind, kind);
  });
}

test("encode error: a wait comes back", () => {
  const { status, body } = encodeError(new ModelError("rate-limit", "it failed", { retryAfterMs: 34_400 }));
  assert.equal(errorFromAnswer({ status, headers: {}, body }).details.retryAfterMs, 34_400);
});

/** The messages of a stream. */
function stream(events: readonly StreamEvent[]): readonly unknown[] {
  const encoder = encodeEvents({ model: "asked", stream: true });
  assert.equal(encoder.contentType, "text/event-stream");
  const text = events.map((event) => encoder.push(event)).join("") + String(encoder.end());
  return text
    .split("\n\n")
    .filter((step) => step !== "")
    .map((step): unknown => JSON.parse(/^data: (.*)$/.exec(step)?.[1] ?? ""));
}
