import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerFold, type Answer } from "#model/collect.ts";
import { ModelError, POLICY, type ErrorKind } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { errorFromAnswer } from "#wires/answer-error.ts";
import { bedrockConverse } from "#wires/bedrock-converse/wire.ts";

const { encodeEvents, decodeEvents, encodeError } = bedrockConverse;

const START: StreamEvent = { type: "start", model: "" };

test("bedrock-converse: blocks that nobody closed are told before the end", () => {
  const head = { type: "tool-delta", name: "read", json: "{}" } as const;
  const events: StreamEvent[] = [
    { ...head, index: 0, id: toolCallId("a") },
    { ...head, index: 1, id: toolCallId("b") },
    { type: "text-delta", index: 2, text: "last" },
    { type: "finish", reason: "tool-calls", usage: UNKNOWN_USAGE },
  ];
  for (const stream of [true, false]) assert.deepEqual(fold(travel(events, stream)), fold(events));
});

test("bedrock-converse: reasoning of another wire arrives without its carry", () => {
  const events: StreamEvent[] = [
    START,
    { type: "reasoning-delta", index: 0, text: "hm" },
    { type: "block-end", index: 0, carry: { wire: "anthropic-messages", data: { signature: "s" } } },
    { type: "opaque", index: 1, carry: { wire: "openai-responses", data: { block: { a: 1 } } } },
    { type: "finish", reason: "other", usage: UNKNOWN_USAGE },
  ];
  for (const stream of [true, false]) {
    const { message, reason: told } = fold(travel(events, stream));
    assert.deepEqual([message.content, told], [[{ type: "reasoning", text: "hm" }], "stop"]);
  }
});

test("bedrock-converse: an error is the same kind again, where the protocol has a word for it", () => {
  const kinds: readonly ErrorKind[] = [
    "rate-limit",
    "overloaded",
    "server",
    "auth",
    "permission",
    "model-not-found",
    "bad-request",
    "context-overflow",
  ];
  for (const kind of kinds) {
    const { status, headers = {}, body } = encodeError(new ModelError(kind, "what failed"));
    assert.equal(errorFromAnswer({ status, headers, body }).kind, kind);
    assert.equal(JSON.parse(body).message, "what failed");
  }
  // Every kind there is has a type.
  for (const kind of Object.keys(POLICY))
    assert.match(encodeError(new ModelError(kind as ErrorKind, "x")).headers?.["x-amzn-errortype"] ?? "", /Exception$/);
});

function travel(events: readonly StreamEvent[], stream: boolean): readonly StreamEvent[] {
  const encoder = encodeEvents({ model: "asked", stream });
  const decoder = decodeEvents();
  const written = Buffer.concat([...events.map((event) => encoder.push(event)), encoder.end()].map((piece) => Buffer.from(piece)));
  return [...decoder.push(written), ...decoder.end()];
}

function fold(events: readonly StreamEvent[]): Answer {
  const answer = new AnswerFold();
  for (const event of events) answer.add(event);
  return answer.finish();
}
