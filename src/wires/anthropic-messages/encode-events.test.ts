import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError, POLICY, type ErrorKind } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { encodeError } from "#wires/anthropic-messages/encode-error.ts";
import { encodeEvents } from "#wires/anthropic-messages/encode-events.ts";

const USAGE = { inputTokens: 100, outputTokens: 7, cacheReadTokens: 60, cacheWriteTokens: 30, reasoningTokens: 4 };
const WIRE_USAGE = {
  input_tokens: 10,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 60,
  output_tokens: 7,
  output_tokens_details: { thinking_tokens: 4 },
};
const own = (data: { readonly [key: string]: string }) => ({ wire: "anthropic-messages", data });
const call = (index: number, json: string): StreamEvent => ({ type: "tool-delta", index, id: toolCallId(`t${index}`), name: "read", json });

const EVENTS: readonly StreamEvent[] = [
  { type: "start", model: "served", id: "msg_1" },
  { type: "reasoning-delta", index: 0, text: "" },
  { type: "reasoning-delta", index: 0, text: "hm" },
  { type: "block-end", index: 0, carry: own({ signature: "s" }) },
  { type: "text-delta", index: 1, text: "Hi" },
  { type: "block-end", index: 1 },
  call(2, ""),
  call(2, '{"a":'),
  call(2, "1}"),
  { type: "block-end", index: 2 },
  { type: "finish", reason: "tool-calls", usage: USAGE },
];

test("encode events: a stream has the protocol's steps and names", () => {
  assert.deepEqual(stream(EVENTS), [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "served",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 0, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 0 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "hm" } },
    { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: "s" } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
    { type: "content_block_stop", index: 1 },
    { type: "content_block_start", index: 2, content_block: { type: "tool_use", id: "t2", name: "read", input: {} } },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"a":' } },
    { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: "1}" } },
    { type: "content_block_stop", index: 2 },
    { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: WIRE_USAGE },
    { type: "message_stop" },
  ]);
});

test("encode events: a whole answer is one message", () => {
  const encoder = encodeEvents({ model: "asked", stream: false });
  assert.equal(encoder.contentType, "application/json");
  assert.equal(EVENTS.map((event) => encoder.push(event)).join(""), "");
  assert.deepEqual(JSON.parse(encoder.end()), {
    id: "msg_1",
    type: "message",
    role: "assistant",
    model: "served",
    content: [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "t2", name: "read", input: { a: 1 } },
    ],
    stop_reason: "tool_use",
    stop_sequence: null,
    usage: WIRE_USAGE,
  });
});

test("encode events: a whole answer leaves out blocks that say and carry nothing of this wire", () => {
  const encoder = encodeEvents({ model: "asked", stream: false });
  const foreign = { wire: "openai-responses", data: { id: "x" } };
  for (const index of [0, 1]) {
    encoder.push(index === 0 ? { type: "reasoning-delta", index, text: "" } : { type: "text-delta", index, text: "" });
    encoder.push({ type: "block-end", index, carry: foreign });
  }
  encoder.push({ type: "finish", reason: "stop", usage: UNKNOWN_USAGE });
  assert.deepEqual(JSON.parse(encoder.end()).content, []);
});

test("encode events: a whole answer without its finish is interrupted", () => {
  const encoder = encodeEvents({ model: "asked", stream: false });
  encoder.push({ type: "start", model: "served" });
  assert.throws(() => encoder.end(), { kind: "interrupted" });
});

test("encode events: parallel blocks are told one after the other, each as soon as it may", () => {
  const encoder = encodeEvents({ model: "asked", stream: true });
  const indexes = (event: StreamEvent) =>
    [...encoder.push(event).matchAll(/"type":"content_block_(\w+)","index":(\d)/g)].map(([, type, at]) => `${type} ${at}`);
  assert.deepEqual(indexes(call(0, "a")), ["start 0", "delta 0"]);
  assert.deepEqual(indexes(call(1, "b")), []);
  assert.deepEqual(indexes(call(2, "c")), []);
  assert.deepEqual(indexes({ type: "block-end", index: 2 }), []);
  assert.deepEqual(indexes({ type: "block-end", index: 0 }), ["stop 0", "start 1", "delta 1"]);
  assert.deepEqual(indexes(call(1, "b")), ["delta 1"]);
  assert.deepEqual(indexes({ type: "block-end", index: 1 }), ["stop 1", "start 2", "delta 2", "stop 2"]);
  assert.deepEqual(indexes(call(3, "d")), ["start 3", "delta 3"]);
  assert.deepEqual(indexes(call(4, "e")), []);
  assert.deepEqual(indexes({ type: "finish", reason: "stop", usage: UNKNOWN_USAGE }), ["stop 3", "start 4", "delta 4", "stop 4"]);
});

test("encode events: sealed thinking, hidden thinking, unsigned thinking and foreign blocks", () => {
  const blocks = stream([
    { type: "reasoning-delta", index: 0, text: "" },
    { type: "block-end", index: 0, carry: own({ redacted: "r" }) },
    { type: "reasoning-delta", index: 1, text: "" },
    { type: "block-end", index: 1, carry: own({ signature: "s" }) },
    { type: "reasoning-delta", index: 2, text: "" },
    { type: "block-end", index: 2, carry: { wire: "openai-responses", data: { signature: "foreign" } } },
    { type: "opaque", index: 3, carry: { wire: "openai-responses", data: { block: { type: "x" } } } },
    { type: "opaque", index: 4, carry: { wire: "anthropic-messages", data: { block: { type: "web_search_tool_result", content: [] } } } },
    { type: "finish", reason: "stop", usage: UNKNOWN_USAGE },
  ]);
  assert.deepEqual(blocks.slice(1, -2), [
    { type: "content_block_start", index: 0, content_block: { type: "redacted_thinking", data: "r" } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "thinking", thinking: "", signature: "" } },
    { type: "content_block_delta", index: 1, delta: { type: "signature_delta", signature: "s" } },
    { type: "content_block_stop", index: 1 },
    { type: "content_block_start", index: 2, content_block: { type: "web_search_tool_result", content: [] } },
    { type: "content_block_stop", index: 2 },
  ]);
});

test("encode events: what the provider did not count is null where the protocol allows it", () => {
  assert.deepEqual(stream([{ type: "finish", reason: "other", usage: UNKNOWN_USAGE, costUsd: 0.5 }]).at(-2), {
    type: "message_delta",
    delta: { stop_reason: "end_turn", stop_sequence: null },
    usage: { input_tokens: null, cache_creation_input_tokens: null, cache_read_input_tokens: null, output_tokens: 0, cost: 0.5 },
  });
});

for (const kind of Object.keys(POLICY) as ErrorKind[]) {
  test(`encode error: ${kind}`, () => {
    const { status, body } = encodeError(new ModelError(kind, "it failed"));
    assert.equal(status, POLICY[kind].httpStatus);
    const { type, error } = JSON.parse(body);
    assert.equal(type, "error");
    assert.equal(error.message, "it failed");
    assert.match(error.type, /^[a-z_]+_(error|large)$/);
  });
}

for (const kind of ["rate-limit", "overloaded", "auth", "permission", "model-not-found", "context-overflow"] as const) {
  test(`encode error: our own client reads ${kind} back`, () => {
    const { status, body } = encodeError(new ModelError(kind, "it failed"));
    assert.equal(errorFromBody(JSON.parse(body), status).kind, kind);
  });
}

/** The data of a stream, once the names of its events are found to be the types of their data. */
function stream(events: readonly StreamEvent[]): readonly unknown[] {
  const encoder = encodeEvents({ model: "asked", stream: true });
  assert.equal(encoder.contentType, "text/event-stream");
  const text = events.map((event) => encoder.push(event)).join("") + encoder.end();
  return text
    .split("\n\n")
    .filter((step) => step !== "")
    .map((step) => {
      const [, name, data = ""] = /^event: (\w+)\ndata: (.*)$/.exec(step) ?? [];
      const parsed = JSON.parse(data);
      assert.equal(parsed.type, name);
      return parsed;
    });
}
