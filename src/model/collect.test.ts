import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { collect } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { eventsOf } from "#model/events-of.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, AssistantMessage, Carry } from "#model/message.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";

async function* stream(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
}

const FINISH: StreamEvent = { type: "finish", reason: "stop", usage: UNKNOWN_USAGE };

test("deltas of interleaved blocks become whole blocks in order of their first appearance", async () => {
  const id = toolCallId("c1");
  const answer = await collect(
    stream([
      { type: "start", model: "m" },
      { type: "reasoning-delta", index: 0, text: "hm" },
      { type: "text-delta", index: 1, text: "a" },
      { type: "tool-delta", index: 2, id, name: "read", json: '{"p' },
      { type: "text-delta", index: 1, text: "b" },
      { type: "tool-delta", index: 2, id, name: "read", json: '":1}' },
      { type: "block-end", index: 0, carry: { wire: "w", data: { signature: "s" } } },
      FINISH,
    ]),
  );
  assert.equal(answer.model, "m");
  assert.deepEqual(answer.message.content, [
    { type: "reasoning", text: "hm", carry: { wire: "w", data: { signature: "s" } } },
    { type: "text", text: "ab" },
    { type: "tool-call", id, name: "read", json: '{"p":1}' },
  ]);
});

test("a stream without its finish is interrupted, not an answer", async () => {
  const cut = stream([
    { type: "start", model: "m" },
    { type: "text-delta", index: 0, text: "half" },
  ]);
  await assert.rejects(collect(cut), (error) => error instanceof ModelError && error.kind === "interrupted");
});

test("collect folds back what eventsOf told, for any message", async () => {
  const carry: fc.Arbitrary<{ readonly carry?: Carry }> = fc.oneof(
    fc.constant({}),
    fc.string().map((text) => ({ carry: { wire: "w", data: { text } } })),
  );
  const block: fc.Arbitrary<AssistantBlock> = fc.oneof(
    fc.tuple(fc.string({ minLength: 1 }), carry).map(([text, carried]) => ({ type: "text" as const, text, ...carried })),
    fc.tuple(fc.string({ minLength: 1 }), carry).map(([text, carried]) => ({ type: "reasoning" as const, text, ...carried })),
    fc
      .tuple(fc.string(), fc.string(), carry)
      .map(([name, json, carried]) => ({ type: "tool-call" as const, id: toolCallId("c"), name, json, ...carried })),
    fc.string().map((text) => ({ type: "opaque" as const, carry: { wire: "w", data: { text } } })),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(block), async (content) => {
      const message: AssistantMessage = { role: "assistant", content };
      const answer = await collect(stream(eventsOf(message, "m", { reason: "stop", usage: UNKNOWN_USAGE })));
      assert.deepEqual(answer.message, message);
    }),
  );
});
