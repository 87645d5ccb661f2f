import assert from "node:assert/strict";
import { test } from "node:test";
import { SseParser } from "#base/sse.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { encodeEvents } from "#wires/openai-responses/encode-events.ts";

const USAGE = { inputTokens: 5, outputTokens: 3, cacheReadTokens: null, cacheWriteTokens: null, reasoningTokens: 1 };
const START: StreamEvent = { type: "start", model: "served", id: "resp_9" };
const STOP: StreamEvent = { type: "finish", reason: "stop", usage: USAGE };
const FREEFORM: ModelRequest = { messages: [], tools: [{ name: "patch", description: "", parameters: {}, freeform: {} }] };

const SEQUENCE = [
  "created",
  "in_progress",
  "output_item.added",
  "reasoning_summary_part.added",
  "reasoning_summary_text.delta",
  "reasoning_summary_text.done",
  "reasoning_summary_part.done",
  "output_item.done",
  "output_item.added",
  "content_part.added",
  "output_text.delta",
  "output_text.delta",
  "output_text.done",
  "content_part.done",
  "output_item.done",
  "output_item.added",
  "function_call_arguments.delta",
  "function_call_arguments.done",
  "output_item.done",
  "completed",
];

test("openai-responses server: a streamed answer is the full sequence of events", () => {
  const told = tell([
    START,
    { type: "reasoning-delta", index: 0, text: "hm" },
    { type: "block-end", index: 0 },
    { type: "text-delta", index: 1, text: "Hel" },
    { type: "text-delta", index: 1, text: "lo" },
    { type: "block-end", index: 1 },
    { type: "tool-delta", index: 2, id: toolCallId("c"), name: "t", json: "{}" },
    { type: "block-end", index: 2 },
    STOP,
  ]);
  assert.deepEqual(
    told.map(({ type }) => String(type).slice("response.".length)),
    SEQUENCE,
  );
  assert.deepEqual(
    told.map((event) => event["sequence_number"]),
    told.map((_, at) => at),
  );
  const added = told.filter(({ type }) => type === "response.output_item.added");
  const done = told.filter(({ type }) => type === "response.output_item.done");
  assert.deepEqual(
    added.map(({ output_index }) => output_index),
    [0, 1, 2],
  );
  assert.deepEqual(
    added.map(({ item }) => item?.["id"]),
    done.map(({ item }) => item?.["id"]),
  );
  const response = told.at(-1)?.response;
  assert.deepEqual(
    response?.["output"],
    done.map(({ item }) => item),
  );
  assert.equal(response?.["id"], "resp_9");
  assert.deepEqual(response?.["usage"], {
    input_tokens: 5,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 1 },
    total_tokens: 8,
  });
});

test("openai-responses server: blocks that interleave keep their places, and one left open is closed", () => {
  const told = tell([
    START,
    { type: "tool-delta", index: 0, id: toolCallId("a"), name: "x", json: "{" },
    { type: "tool-delta", index: 1, id: toolCallId("b"), name: "y", json: "{}" },
    { type: "block-end", index: 1 },
    { type: "tool-delta", index: 0, id: toolCallId("a"), name: "x", json: "}" },
    STOP,
  ]);
  const output = told.at(-1)?.response?.["output"];
  assert.ok(Array.isArray(output));
  assert.deepEqual(
    output.map((item) => [item.call_id, item.arguments]),
    [
      ["a", "{}"],
      ["b", "{}"],
    ],
  );
});

test("openai-responses server: a call of a freeform tool is told as text", () => {
  const head = { index: 0, id: toolCallId("c"), name: "patch" };
  const events: readonly StreamEvent[] = [
    START,
    { type: "tool-delta", ...head, json: '{"input":"a\\' },
    { type: "tool-delta", ...head, json: 'n😀"}' },
    { type: "block-end", index: 0 },
    STOP,
  ];
  const told = tell(events, FREEFORM);
  assert.deepEqual(
    told.slice(2, -1).map(({ type }) => type),
    [
      "response.output_item.added",
      "response.custom_tool_call_input.delta",
      "response.custom_tool_call_input.done",
      "response.output_item.done",
    ],
  );
  const item = { type: "custom_tool_call", status: "completed", call_id: "c", name: "patch", input: "a\n😀" };
  assert.deepEqual({ ...told.at(-2)?.item, id: undefined }, { ...item, id: undefined });
  const encoder = encodeEvents({ model: "m", stream: false, request: FREEFORM });
  for (const event of events) encoder.push(event);
  assert.deepEqual({ ...JSON.parse(String(encoder.end())).output[0], id: undefined }, { ...item, id: undefined });
});

const REASONS = [
  ["stop", "completed", null],
  ["tool-calls", "completed", null],
  ["other", "completed", null],
  ["length", "incomplete", { reason: "max_output_tokens" }],
  ["content-filter", "incomplete", { reason: "content_filter" }],
  ["error", "failed", null],
] as const;

for (const [reason, status, details] of REASONS) {
  test(`openai-responses server: the reason ${reason} is told as ${status}`, () => {
    const last = tell([START, { type: "finish", reason, usage: UNKNOWN_USAGE }]).at(-1);
    assert.equal(last?.type, `response.${status}`);
    assert.equal(last?.response?.["status"], status);
    assert.deepEqual(last?.response?.["incomplete_details"], details);
    assert.equal(last?.response?.["usage"], null);
    assert.equal(last?.response?.["error"] === null, status !== "failed");
  });
}

test("openai-responses server: a cut stream has no end, and the model that was asked stands in for an unknown one", () => {
  const encoder = encodeEvents({ model: "asked", stream: true });
  assert.match(String(encoder.push({ type: "start", model: "" })), /"model":"asked"/);
  assert.doesNotMatch(String(encoder.push({ type: "text-delta", index: 0, text: "x" })) + String(encoder.end()), /completed|\.done/);
});

test("openai-responses server: calls that the provider ran and opaque blocks of other wires are left out", () => {
  const told = tell([
    START,
    { type: "tool-delta", index: 0, id: toolCallId("a"), name: "search", json: "{}", providerExecuted: true },
    { type: "block-end", index: 0 },
    { type: "opaque", index: 1, carry: { wire: "anthropic-messages", data: { item: { type: "x" } } } },
    STOP,
  ]);
  assert.deepEqual(told.at(-1)?.response?.["output"], []);
  assert.equal(told.length, 3);
});

type Fields = Readonly<Record<string, unknown>>;
type Told = Fields & { readonly type: string; readonly item?: Fields; readonly response?: Fields };

function tell(events: readonly StreamEvent[], request?: ModelRequest): readonly Told[] {
  const encoder = encodeEvents({ model: "asked", stream: true, ...(request === undefined ? {} : { request }) });
  const text = [...events.map((event) => encoder.push(event)), encoder.end()].join("");
  return new SseParser().push(Buffer.from(text)).map(({ event, data }) => {
    const told: Told = JSON.parse(data);
    assert.equal(told.type, event);
    return told;
  });
}
