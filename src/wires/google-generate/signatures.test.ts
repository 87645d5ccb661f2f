import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { asObject, type JsonObject } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import type { Finish, FinishReason, StreamEvent } from "#model/event.ts";
import { eventsOf } from "#model/events-of.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, AssistantMessage, Carry } from "#model/message.ts";
import type { Usage } from "#model/usage.ts";
import { googleGenerate } from "#wires/google-generate/wire.ts";

const { encodeEvents, decodeEvents } = googleGenerate;

const own = (data: JsonObject): Carry => ({ wire: "google-generate", data });

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const object = fc.dictionary(
  fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
  fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), word),
  { maxKeys: 4, noNullPrototype: true },
);
const signed = word.map((thoughtSignature) => ({ thoughtSignature }));

const text = fc.record(
  { type: fc.constant("text" as const), text: word, carry: signed.map(own) },
  { requiredKeys: ["type", "text"], noNullPrototype: true },
);
const reasoning = fc.record(
  { type: fc.constant("reasoning" as const), text: word, carry: signed.map(own) },
  { requiredKeys: ["type", "text"], noNullPrototype: true },
);
const call = fc
  .record({ name: word, args: object, carry: fc.option(signed, { nil: {} }) })
  .map(({ name, args, carry }) => ({ type: "tool-call" as const, name, json: JSON.stringify(args), carry }));
const opaque = object.map((fields) => ({ type: "opaque" as const, carry: own({ part: { codeExecutionResult: fields } }) }));

/** Each call has an id of its own, as the provider gives it. */
const answer: fc.Arbitrary<readonly AssistantBlock[]> = fc.array(fc.oneof(text, reasoning, call, opaque), { maxLength: 6 }).map((blocks) =>
  blocks.map((block, at): AssistantBlock => {
    if (block.type !== "tool-call") return block;
    return { ...block, id: toolCallId(`id${at}`), carry: own({ id: `id${at}`, ...block.carry }) };
  }),
);

const count = fc.integer({ min: 0, max: 1_000_000 });
const usage: fc.Arbitrary<Usage> = fc.tuple(count, count, fc.option(count), fc.option(count)).map(([input, output, read, thought]) => ({
  inputTokens: input,
  outputTokens: output + (thought ?? 0),
  cacheReadTokens: read,
  cacheWriteTokens: null,
  reasoningTokens: thought,
}));
const finish: fc.Arbitrary<Pick<Finish, "reason" | "usage">> = fc.record({
  reason: fc.constantFrom<FinishReason>("stop", "length", "content-filter", "other"),
  usage,
});

test("google-generate: a streamed answer keeps the same words, calls and signatures", () => {
  fc.assert(
    fc.property(answer, finish, (content, end) => {
      const [message, back] = travel(content, end);
      assert.deepEqual(told(back.message), told(message));
      assert.deepEqual([back.reason, back.usage], [reasonOf(content, end.reason), end.usage]);
    }),
    { numRuns: 300 },
  );
});

function travel(content: readonly AssistantBlock[], end: Pick<Finish, "reason" | "usage">) {
  const message: AssistantMessage = { role: "assistant", content };
  const encoder = encodeEvents({ model: "asked", stream: true });
  const written = eventsOf(message, "served", end).map((event: StreamEvent) => String(encoder.push(event)));
  const decoder = decodeEvents();
  const fold = new AnswerFold();
  const bytes = Buffer.from(written.join("") + String(encoder.end()));
  for (const event of [...decoder.push(bytes), ...decoder.end()]) fold.add(event);
  const { model, ...back } = fold.finish();
  assert.equal(model, "served");
  return [message, back] as const;
}

const reasonOf = (content: readonly AssistantBlock[], reason: FinishReason): FinishReason =>
  reason === "stop" && content.some(({ type }) => type === "tool-call") ? "tool-calls" : reason;

/** What an answer says, in order: the signature of streamed text comes behind it on an empty part. */
function told({ content }: AssistantMessage) {
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    thoughts: content.map((block) => (block.type === "reasoning" ? block.text : "")).join(""),
    calls: content.filter(({ type }) => type === "tool-call"),
    signatures: content.flatMap(({ carry }) => (asObject(carry?.data.part) ?? carry?.data)?.thoughtSignature ?? []),
    opaque: content.filter(({ type, carry }) => type === "opaque" && asObject(carry?.data.part)?.text === undefined),
  };
}
