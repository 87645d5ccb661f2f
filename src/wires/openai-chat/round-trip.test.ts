import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { AnswerFold } from "#model/collect.ts";
import type { Answer } from "#model/collect.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import type { Message, TextBlock } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import type { Usage } from "#model/usage.ts";
import { openaiChat } from "#wires/openai-chat/wire.ts";

const word = fc.string({ minLength: 1, maxLength: 12, unit: "grapheme" });
const count = fc.option(fc.nat(10_000));
const name = fc.stringMatching(/^[a-z_]{1,8}$/);
const carry = (data: object) => ({ wire: "openai-chat", data: JSON.parse(JSON.stringify(data)) });

/** A legal answer: reasoning, text, calls, each in pieces. Sealed reasoning stays open to the end, as its decoder leaves it. */
const answers = fc
  .record({
    reasoning: fc.array(word, { maxLength: 3 }),
    sealed: fc.option(word),
    texts: fc.array(word, { maxLength: 4 }),
    calls: fc.array(fc.record({ name, pieces: fc.array(word, { maxLength: 3 }), signature: fc.option(word) }), { maxLength: 3 }),
    usage: fc.record({ inputTokens: count, outputTokens: count, cacheReadTokens: count, cacheWriteTokens: count, reasoningTokens: count }),
    cost: fc.option(fc.integer({ min: 0, max: 1000 })),
    cut: fc.boolean(),
  })
  .map(({ reasoning, sealed, texts, calls, usage, cost, cut }): readonly StreamEvent[] => {
    let next = 0;
    const details =
      sealed === null ? {} : { carry: carry({ reasoning_details: [{ type: "reasoning.encrypted", data: sealed, index: 0 }] }) };
    const thought = next;
    const thinks = reasoning.length > 0 || sealed !== null;
    if (thinks) next += 1;
    const said = next;
    if (texts.length > 0) next += 1;
    return [
      { type: "start", model: "served", id: "id-1" },
      ...(thinks && reasoning.length === 0 ? [{ type: "reasoning-delta", index: thought, text: "" } as const] : []),
      ...reasoning.map((text) => ({ type: "reasoning-delta", index: thought, text }) as const),
      ...(thinks ? [{ type: "block-end", index: thought, ...details } as const] : []),
      ...texts.map((text) => ({ type: "text-delta", index: said, text }) as const),
      ...(texts.length > 0 ? [{ type: "block-end", index: said } as const] : []),
      ...calls.flatMap((call, at): readonly StreamEvent[] => {
        const head = { index: next + at, id: toolCallId(`call_${at}`), name: call.name };
        const signed =
          call.signature === null ? {} : { carry: carry({ extra_content: { google: { thought_signature: call.signature } } }) };
        return [
          { type: "tool-delta", ...head, json: "" },
          ...call.pieces.map((json) => ({ type: "tool-delta", ...head, json }) as const),
          { type: "block-end", index: head.index, ...signed },
        ];
      }),
      {
        type: "finish",
        reason: cut ? "length" : calls.length > 0 ? "tool-calls" : "stop",
        usage: consistent(usage),
        ...(cost === null ? {} : { costUsd: cost / 8 }),
      },
    ];
  });

/** Counts that no reader takes for reasoning left out of the completion. */
function consistent(usage: Usage): Usage {
  const { inputTokens, outputTokens, reasoningTokens } = usage;
  return reasoningTokens === 0 && inputTokens !== null && outputTokens !== null ? { ...usage, reasoningTokens: null } : { ...usage };
}

for (const stream of [true, false]) {
  test(`openai-chat round trip: an answer ${stream ? "in chunks" : "in one piece"} decodes to what was encoded`, () => {
    fc.assert(
      fc.property(answers, (events) => {
        const encoder = openaiChat.encodeEvents({ model: "asked", stream });
        const bytes = Buffer.from(events.map((event) => encoder.push(event)).join("") + encoder.end());
        const decoder = openaiChat.decodeEvents();
        assert.deepEqual(fold([...decoder.push(bytes), ...decoder.end()]), fold(events));
      }),
    );
  });
}

test("openai-chat server: a cut stream has no end mark, and the model that was asked stands in for an unknown one", () => {
  const encoder = openaiChat.encodeEvents({ model: "asked", stream: true });
  assert.match(encoder.push({ type: "start", model: "" }), /"model":"asked"/);
  assert.equal(encoder.end(), "");
});

test("openai-chat server: calls that the provider ran, opaque blocks and foreign carries are left out", () => {
  const encoder = openaiChat.encodeEvents({ model: "m", stream: true });
  const head = { index: 0, id: toolCallId("a"), name: "search", json: "{}" };
  assert.equal(encoder.push({ type: "tool-delta", ...head, providerExecuted: true }), "");
  assert.equal(encoder.push({ type: "opaque", index: 1, carry: { wire: "anthropic-messages", data: {} } }), "");
  assert.equal(encoder.push({ type: "block-end", index: 1, carry: { wire: "anthropic-messages", data: { extra_content: {} } } }), "");
});

const text = word.map((each): TextBlock => ({ type: "text", text: each }));
const image = fc.constant({ type: "image", mediaType: "image/png", data: "AAAA" } as const);

/** What this wire carries: no reasoning, and in results only text that is no error. */
const requests = fc
  .record({
    system: fc.array(text, { minLength: 1, maxLength: 1 }),
    turns: fc.array(
      fc.record({
        user: fc.oneof(fc.tuple(text), fc.tuple(image, text), fc.tuple(text, image)),
        said: word,
        calls: fc.array(fc.tuple(name, fc.json()), { maxLength: 2 }),
        result: text,
      }),
      { minLength: 1, maxLength: 3 },
    ),
    options: fc.record(
      {
        toolChoice: fc.constantFrom("auto" as const, "none" as const, "required" as const, { name: "t" }),
        parallelToolCalls: fc.boolean(),
        maxOutputTokens: fc.integer({ min: 1, max: 9999 }),
        temperature: fc.constantFrom(0, 0.5, 2),
        topP: fc.constantFrom(0.1, 1),
        stop: fc.array(word, { minLength: 1, maxLength: 3 }),
        seed: fc.nat(),
        reasoning: fc.constantFrom("none" as const, "low" as const, "max" as const),
      },
      { requiredKeys: [] },
    ),
    stream: fc.boolean(),
  })
  .map(({ system, turns, options, stream }) => {
    const tools = [{ name: "t", description: "does it", parameters: { type: "object", properties: { k: { type: "string" } } } }];
    const request: ModelRequest = { system, messages: turns.flatMap(messagesOf), tools, ...options };
    return { request, stream };
  });

type Turn = {
  readonly user: Extract<Message, { role: "user" }>["content"];
  readonly said: string;
  readonly calls: readonly (readonly [string, string])[];
  readonly result: TextBlock;
};

function messagesOf({ user, said, calls, result }: Turn, turn: number): readonly Message[] {
  const made = calls.map(
    ([called, json], at) => ({ type: "tool-call", id: toolCallId(`call_${turn}_${at}`), name: called, json: `{"k":${json}}` }) as const,
  );
  const results = made.map(
    (call) => ({ type: "tool-result", callId: call.id, name: call.name, content: [result], isError: false }) as const,
  );
  const assistant: Message = { role: "assistant", content: [{ type: "text", text: said }, ...made] };
  return [{ role: "user", content: user }, assistant, ...(results.length === 0 ? [] : [{ role: "tool", content: results } as const])];
}

test("openai-chat round trip: a request decodes to what was encoded", () => {
  fc.assert(
    fc.property(requests, ({ request, stream }) => {
      const { body } = openaiChat.encodeRequest(request, { model: "m", stream, quirks: {} });
      assert.deepEqual(openaiChat.decodeRequest(JSON.parse(body)), { model: "m", stream, request });
    }),
  );
});

function fold(events: readonly StreamEvent[]): Answer {
  const all = new AnswerFold();
  for (const event of events) all.add(event);
  return all.finish();
}
