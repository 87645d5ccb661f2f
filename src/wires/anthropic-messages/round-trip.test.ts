import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "#base/json.ts";
import { AnswerFold, type Answer } from "#model/collect.ts";
import type { Finish, FinishReason, StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, CacheMark, Carry, Message, ToolCallBlock } from "#model/message.ts";
import type { ModelRequest, ReasoningEffort } from "#model/request.ts";
import type { ToolChoice } from "#model/tool.ts";
import type { Usage } from "#model/usage.ts";
import { anthropicMessages } from "#wires/anthropic-messages/wire.ts";

const { encodeRequest, decodeRequest, encodeEvents, decodeEvents } = anthropicMessages;

const own = (data: JsonObject): Carry => ({ wire: "anthropic-messages", data });

const word = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const spoken = word.filter((text) => text.trim() !== "");
const object = fc.dictionary(
  fc.string({ maxLength: 5 }).filter((key) => key !== "__proto__"),
  fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), word),
  { maxKeys: 4, noNullPrototype: true },
);
const json = object.map((value) => JSON.stringify(value));
const id = fc.stringMatching(/^[a-zA-Z0-9_-]{1,12}$/).map(toolCallId);

const text = fc.record(
  {
    type: fc.constant("text" as const),
    text: spoken,
    carry: fc.array(object, { minLength: 1, maxLength: 2 }).map((citations) => own({ citations })),
  },
  { requiredKeys: ["type", "text"] },
);
const reasoning = fc.oneof(
  fc.record({ type: fc.constant("reasoning" as const), text: word, carry: word.map((signature) => own({ signature })) }),
  fc.record({ type: fc.constant("reasoning" as const), text: fc.constant(""), carry: word.map((redacted) => own({ redacted })) }),
);
const call: fc.Arbitrary<ToolCallBlock> = fc.oneof(
  fc.record({ type: fc.constant("tool-call" as const), id, name: spoken, json }),
  fc.record({
    type: fc.constant("tool-call" as const),
    id,
    name: spoken,
    json,
    carry: fc.constant(own({ type: "server_tool_use" })),
    providerExecuted: fc.constant(true as const),
  }),
);
const opaque = object.map((fields) => ({ type: "opaque" as const, carry: own({ block: { ...fields, type: "web_search_tool_result" } }) }));
const block: fc.Arbitrary<AssistantBlock> = fc.oneof(text, reasoning, call, opaque);

const count = fc.integer({ min: 0, max: 1_000_000 });
const usage: fc.Arbitrary<Usage> = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.array(fc.option(count), { minLength: 3, maxLength: 3 }), count)
  .map(([plain, [read = null, write = null, thought = null], output]) => ({
    inputTokens: plain + (read ?? 0) + (write ?? 0),
    outputTokens: output,
    cacheReadTokens: read,
    cacheWriteTokens: write,
    reasoningTokens: thought,
  }));
const reason = fc.constantFrom<FinishReason>("stop", "length", "tool-calls", "content-filter");
const finish: fc.Arbitrary<Finish> = fc.record({ type: fc.constant("finish" as const), reason, usage });

test("round trip: a streamed answer comes back, whatever its blocks and their order", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), finish, fc.array(fc.nat(), { maxLength: 60 }), (blocks, end, picks) => {
      const events = [START, ...shuffled(blocks.map(piecesOf), picks), end];
      assert.deepEqual(fold(travel(events, true)), fold(events));
    }),
    { numRuns: 300 },
  );
});

test("round trip: a whole answer comes back", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 6 }), finish, (blocks, end) => {
      const events = [START, ...blocks.flatMap(piecesOf), end];
      assert.deepEqual(fold(travel(events, false)), fold(events));
    }),
    { numRuns: 300 },
  );
});

const cache = { cache: fc.constantFrom<CacheMark>({ ttl: "1h" }) };
const image = fc.record(
  { type: fc.constant("image" as const), mediaType: fc.constant("image/png"), data: fc.base64String(), ...cache },
  { requiredKeys: ["type", "mediaType", "data"] },
);
const plainText = fc.record({ type: fc.constant("text" as const), text: spoken });
const markedText = fc.record({ type: fc.constant("text" as const), text: spoken, ...cache }, { requiredKeys: ["type", "text"] });

/** One exchange: a question, an answer with calls, their results, a last word. */
const exchange: fc.Arbitrary<readonly Message[]> = fc
  .tuple(
    fc.array(fc.oneof(plainText, image), { minLength: 1, maxLength: 2 }),
    fc.array(block, { maxLength: 4 }),
    fc.array(fc.tuple(plainText, fc.boolean()), { minLength: 1, maxLength: 3 }),
    spoken,
  )
  .map(([asked, blocks, results, last]) => {
    const ids = results.map((_, at) => toolCallId(`call_${at}`));
    const calls = ids.map((callId) => ({ type: "tool-call", id: callId, name: "read", json: "{}" }) as const);
    return [
      { role: "user", content: asked },
      { role: "assistant", content: [...blocks.filter(({ type }) => type !== "tool-call"), ...calls] },
      {
        role: "tool",
        content: results.map(
          ([said, isError], at) =>
            ({ type: "tool-result", callId: ids[at] ?? toolCallId(""), name: "read", content: [said], isError }) as const,
        ),
      },
      { role: "assistant", content: [{ type: "text", text: last }] },
    ];
  });

const request: fc.Arbitrary<ModelRequest> = fc.record(
  {
    system: fc.array(markedText, { minLength: 1, maxLength: 1 }),
    messages: fc
      .tuple(exchange, exchange)
      .map(([first, second]) => [...first, ...second, { role: "user", content: [{ type: "text", text: "Go on" }] }] satisfies Message[]),
    tools: fc.array(fc.record({ name: spoken, description: word, parameters: object.map((rest) => ({ ...rest, type: "object" })) }), {
      minLength: 1,
      maxLength: 3,
    }),
    toolChoice: fc.constantFrom<ToolChoice>("auto", "none", "required", { name: "read" }),
    maxOutputTokens: fc.integer({ min: 1, max: 100_000 }),
    topK: count,
    stop: fc.array(spoken, { minLength: 1, maxLength: 3 }),
    responseFormat: object.map((schema) => ({ type: "json-schema" as const, name: "answer", schema })),
  },
  { requiredKeys: ["messages", "tools", "maxOutputTokens"] },
);

test("round trip: a request comes back with all that the protocol has a word for", () => {
  fc.assert(
    fc.property(request, fc.boolean(), (asked, stream) => {
      const target = { model: "claude-sonnet-4-5", stream, quirks: {} };
      const body: unknown = JSON.parse(encodeRequest(asked, target).body);
      assert.deepEqual(decodeRequest(body), { model: target.model, stream, request: structuredClone(withoutExtraMarks(asked)) });
    }),
    { numRuns: 200 },
  );
});

test("round trip: every effort comes back from the models that know it", () => {
  const efforts: readonly ReasoningEffort[] = ["none", "low", "medium", "high", "xhigh", "max"];
  for (const reasoningEffort of efforts) {
    const { body } = encodeRequest({ messages: [], reasoning: reasoningEffort }, { model: "claude-opus-4-7", stream: true, quirks: {} });
    assert.equal(decodeRequest(JSON.parse(body)).request.reasoning, reasoningEffort);
  }
});

const START: StreamEvent = { type: "start", model: "served", id: "msg_1" };

/** A block as events, its text in two pieces. */
function piecesOf(content: AssistantBlock, index: number): readonly StreamEvent[] {
  const end: StreamEvent = content.carry === undefined ? { type: "block-end", index } : { type: "block-end", index, carry: content.carry };
  switch (content.type) {
    case "text":
      return [...halves(content.text).map((piece) => ({ type: "text-delta", index, text: piece }) as const), end];
    case "reasoning":
      return [...halves(content.text).map((piece) => ({ type: "reasoning-delta", index, text: piece }) as const), end];
    case "tool-call": {
      const { carry: _, json: args, ...head } = content;
      return [...halves(args).map((piece) => ({ ...head, type: "tool-delta", index, json: piece }) as const), end];
    }
    case "opaque":
      return [{ type: "opaque", index, carry: content.carry }];
  }
}

/** Cut anywhere, also between the halves of a surrogate pair. */
function halves(whole: string): readonly string[] {
  const middle = Math.floor(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)];
}

/** The blocks begin in their order and then go on mixed, as the picks say. */
function shuffled(blocks: readonly (readonly StreamEvent[])[], picks: readonly number[]): readonly StreamEvent[] {
  const events: StreamEvent[] = blocks.flatMap((pieces) => pieces.slice(0, 1));
  const rests = blocks.map((pieces) => pieces.slice(1));
  for (const pick of picks) {
    const next = rests[pick % Math.max(1, rests.length)]?.shift();
    if (next !== undefined) events.push(next);
  }
  return [...events, ...rests.flat()];
}

function travel(events: readonly StreamEvent[], stream: boolean): readonly StreamEvent[] {
  const encoder = encodeEvents({ model: "asked", stream });
  const decoder = decodeEvents();
  const written = events.map((event) => encoder.push(event)).join("") + encoder.end();
  return [...decoder.push(Buffer.from(written)), ...decoder.end()];
}

/** The answer that the events tell. Arguments are compared as values: a whole answer holds them as an object. */
function fold(events: readonly StreamEvent[]): Answer {
  const answer = new AnswerFold();
  for (const event of events) answer.add(event);
  const { message, ...rest } = answer.finish();
  const content = message.content.map((each) =>
    each.type === "tool-call" ? { ...each, json: JSON.stringify(JSON.parse(each.json || "{}")) } : each,
  );
  return { ...rest, message: { role: "assistant", content } };
}

/** The first mark and the three latest are kept. */
function withoutExtraMarks(asked: ModelRequest): ModelRequest {
  const marked = [...(asked.system ?? []), ...asked.messages.flatMap((message) => [...message.content])].filter((each) => "cache" in each);
  const dropped = new Set<unknown>(marked.slice(1, Math.max(1, marked.length - 3)));
  const messages = asked.messages.map((message) =>
    message.role === "user"
      ? {
          ...message,
          content: message.content.map((each) => (!dropped.has(each) ? each : each.type === "text" ? unmarked(each) : unmarked(each))),
        }
      : message,
  );
  return { ...asked, messages };
}

function unmarked<Content extends { readonly cache?: CacheMark }>(marked: Content): Omit<Content, "cache"> {
  const { cache: _, ...content } = marked;
  return content;
}
