import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Answer } from "#model/collect.ts";
import { AnswerFold } from "#model/collect.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, Message, ToolCallBlock } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { ollamaChat } from "#wires/ollama-chat/wire.ts";

/** What the wire can carry, and no more. On a failure fast-check prints its seed and the smallest example. */

/** A "<" could begin a think tag. */
const prose = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter((text) => !text.includes("<"));
const json = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map((value) => JSON.stringify(value)),
  fc.constantFrom('{"a":', "[1,2]", "7", "null", '{"a":1}}'),
);
const count = fc.option(fc.nat());

type Said = { readonly kind: "text" | "reasoning"; readonly pieces: readonly string[] } | { readonly kind: "call"; readonly json: string };

const said = (kind: "text" | "reasoning"): fc.Arbitrary<Said> =>
  fc.array(prose, { minLength: 1, maxLength: 3 }).map((pieces) => ({ kind, pieces }));
const call: fc.Arbitrary<Said> = json.map((text) => ({ kind: "call", json: text }));

/** Text next to text is one block on this wire. */
const streamedBlocks = fc
  .array(fc.oneof(said("text"), said("reasoning"), call), { maxLength: 6 })
  .map((blocks) => blocks.filter(({ kind }, at) => kind === "call" || blocks[at - 1]?.kind !== kind));
/** A whole answer keeps no order between kinds. */
const wholeBlocks = fc
  .tuple(fc.option(said("reasoning")), fc.option(said("text")), fc.array(call, { maxLength: 3 }))
  .map(([reasoning, text, calls]) => [...[reasoning, text].filter((block) => block !== null), ...calls]);

const end = fc.record({ reason: fc.constantFrom("stop", "length", "content-filter", "error", "other"), input: count, output: count });

type Spoken = { readonly blocks: readonly Said[]; readonly reason: string; readonly input: number | null; readonly output: number | null };

function eventsOf({ blocks, reason, input, output }: Spoken): readonly StreamEvent[] {
  const events = blocks.flatMap((block, index): readonly StreamEvent[] => {
    const close = { type: "block-end", index } as const;
    if (block.kind !== "call") return [...block.pieces.map((text) => ({ type: `${block.kind}-delta`, index, text }) as const), close];
    return [{ type: "tool-delta", index, id: toolCallId(`id_${index}`), name: `tool_${index}`, json: block.json }, close];
  });
  const calls = blocks.some(({ kind }) => kind === "call");
  // The arbitrary gives finish reasons only.
  const told = (reason === "stop" && calls ? "tool-calls" : reason) as FinishReason;
  const usage = { ...UNKNOWN_USAGE, inputTokens: input, outputTokens: output };
  return [{ type: "start", model: "m:1" }, ...events, { type: "finish", reason: told, usage }];
}

function folded(events: readonly StreamEvent[]): Answer {
  const fold = new AnswerFold();
  for (const event of events) fold.add(event);
  return fold.finish();
}

function thereAndBack(events: readonly StreamEvent[], stream: boolean): readonly StreamEvent[] {
  const encoder = ollamaChat.encodeEvents({ model: "asked", stream });
  const bytes = Buffer.from(events.map((event) => encoder.push(event)).join("") + encoder.end());
  const decoder = ollamaChat.decodeEvents();
  return [...decoder.push(bytes), ...decoder.end()];
}

for (const [name, stream, blocks] of [
  ["streamed", true, streamedBlocks],
  ["whole", false, wholeBlocks],
] as const) {
  test(`a ${name} answer comes back as it was`, () => {
    fc.assert(
      fc.property(blocks, end, (list, rest) => {
        const events = eventsOf({ blocks: list, ...rest });
        assert.deepEqual(folded(thereAndBack(events, stream)), folded(events));
      }),
    );
  });
}

const picture = fc
  .base64String({ maxLength: 24 })
  .map((data) => ({ type: "image", mediaType: "image/png", data: `iVBORw0KGgo${data}` }) as const);
const textBlock = prose.map((text) => ({ type: "text", text }) as const);
const userMessage: fc.Arbitrary<Message> = fc
  .tuple(textBlock, fc.array(picture, { maxLength: 2 }))
  .map(([text, pictures]) => ({ role: "user", content: [text, ...pictures] }));

/** An assistant's message and the results of its calls. */
const turn = fc
  .record({ thought: fc.option(prose), text: fc.option(prose), calls: fc.array(json, { maxLength: 3 }), result: prose })
  .map(({ thought, text, calls, result }) => (at: number): readonly Message[] => {
    const blocks = calls.map((args, index): ToolCallBlock => ({
      type: "tool-call",
      id: toolCallId(`id_${at}_${index}`),
      name: `tool_${index}`,
      json: args,
    }));
    const content: readonly AssistantBlock[] = [
      ...(thought === null ? [] : [{ type: "reasoning", text: thought } as const]),
      ...(text === null ? [] : [{ type: "text", text } as const]),
      ...blocks,
    ];
    const results = blocks.map(
      ({ id, name }) => ({ type: "tool-result", callId: id, name, content: [{ type: "text", text: result }], isError: false }) as const,
    );
    return [{ role: "assistant", content }, ...(results.length === 0 ? [] : [{ role: "tool", content: results } as const])];
  });

const messages = fc
  .array(fc.tuple(userMessage, turn), { maxLength: 4 })
  .map((pairs) => pairs.flatMap(([user, answer], at): readonly Message[] => [user, ...answer(at)]));

const schema = fc.constantFrom({ type: "object", properties: { a: { type: "string" } } }, { type: "object", properties: {} });
const share = fc.nat(200).map((hundredths) => hundredths / 100);

const settings = fc.record(
  {
    system: textBlock.map((block) => [block]),
    tools: fc.array(fc.record({ name: prose, description: fc.string(), parameters: schema }, { noNullPrototype: true }), {
      minLength: 1,
      maxLength: 3,
    }),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    temperature: share,
    topP: share,
    topK: fc.nat(100),
    seed: fc.integer(),
    stop: fc.array(fc.string(), { maxLength: 3 }),
    reasoning: fc.constantFrom("none", "low", "medium", "high"),
    responseFormat: fc.oneof(
      fc.constant({ type: "json" } as const),
      schema.map((each) => ({ type: "json-schema", name: "response", schema: each }) as const),
    ),
  },
  { requiredKeys: [], noNullPrototype: true },
);

test("a request comes back as it was", () => {
  fc.assert(
    fc.property(messages, settings, fc.boolean(), (list, rest, stream) => {
      const request: ModelRequest = { messages: list, ...rest };
      const { body } = ollamaChat.encodeRequest(request, { model: "qwen3:14b", stream, quirks: {} });
      assert.deepEqual(ollamaChat.decodeRequest(JSON.parse(body)), { model: "qwen3:14b", stream, request });
    }),
  );
});
