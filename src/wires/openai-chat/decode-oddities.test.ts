import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerFold } from "#model/collect.ts";
import type { Answer } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { ErrorKind } from "#model/error.ts";
import { textOf } from "#model/message.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { openaiChat } from "#wires/openai-chat/wire.ts";

const REASONS: readonly (readonly [said: string, reason: string])[] = [
  ["stop", "stop"],
  ["end", "stop"],
  ["eos", "stop"],
  ["STOP", "stop"],
  ["length", "length"],
  ["max_tokens", "length"],
  ["tool_calls", "stop"],
  ["content_filter", "content-filter"],
  ["insufficient_system_resource", "error"],
  ["network_error", "error"],
  ["model_context_window_exceeded", "length"],
  ["constructor", "other"],
];

for (const [said, reason] of REASONS) {
  test(`openai-chat finish reason ${said} after text is ${reason}`, () => {
    assert.equal(answer(chunk({ content: "x" }), chunk({}, { finish_reason: said })).reason, reason);
  });
}

const FAILURES: readonly (readonly [name: string, chunks: readonly string[], kind: ErrorKind])[] = [
  ["a full window and nothing else", [chunk({}, { finish_reason: "model_context_window_exceeded" })], "context-overflow"],
  ["no resources and nothing else", [chunk({}, { finish_reason: "insufficient_system_resource" })], "overloaded"],
  ["a network error and nothing else", [chunk({}, { finish_reason: "network_error" })], "server"],
  ["no end", [chunk({ content: "x" })], "interrupted"],
  ["no bytes", [], "interrupted"],
  ["an error chunk", [data({ error: { message: "Rate limit reached", type: "rate_limit_error", code: 429 } })], "rate-limit"],
  ["an error as text", [data({ error: "model is overloaded, try again later" })], "overloaded"],
  ["an error event", [`event: error\n${data({ message: "Invalid API key", code: 401 })}`], "auth"],
  ["an error in the choice", [data({ choices: [{ index: 0, error: { code: 429, message: "slow down" } }] })], "rate-limit"],
  ["a status in base_resp", [data({ base_resp: { status_code: 1008, status_msg: "insufficient balance" } })], "quota"],
  ["an error object", [data({ object: "error", message: "The model `x` does not exist.", code: 404 })], "model-not-found"],
  ["an error in x_groq", [data({ choices: [], x_groq: { error: "The model is overloaded" } })], "overloaded"],
  ["a list with an error", [JSON.stringify([{ error: { code: 401, message: "API key not valid", status: "UNAUTHENTICATED" } }])], "auth"],
  ["a whole answer without a choice", ['{"object":"chat.completion"}'], "bad-response"],
  ["a web page", ["<html><title>Sign in</title></html>"], "bad-response"],
  ["no JSON", ["data: {oops\n\n"], "bad-response"],
];

for (const [name, chunks, kind] of FAILURES) {
  test(`openai-chat failure: ${name} is ${kind}`, () => {
    assert.throws(
      () => answer(...chunks),
      (error) => error instanceof ModelError && error.kind === kind,
    );
  });
}

test("openai-chat: what came before an error is given first, also from the same bytes", () => {
  const decoder = openaiChat.decodeEvents();
  const bytes = Buffer.from(chunk({ content: "so far" }) + data({ error: { message: "overloaded" } }));
  assert.deepEqual(
    decoder.push(bytes).map(({ type }) => type),
    ["start", "text-delta"],
  );
  assert.throws(() => decoder.end(), ModelError);
});

const USAGES: readonly (readonly [name: string, chunks: readonly string[], usage: object, cost?: number])[] = [
  ["null", [chunk({}, {}, { usage: null })], {}],
  [
    "in the choice",
    [chunk({}, { usage: { prompt_tokens: 3, completion_tokens: 2, cached_tokens: 1 } })],
    { inputTokens: 3, outputTokens: 2, cacheReadTokens: 1 },
  ],
  ["in x_groq", [chunk({}, {}, { x_groq: { usage: { prompt_tokens: 3, completion_tokens: 2 } } })], { inputTokens: 3, outputTokens: 2 }],
  [
    "growing in every chunk",
    [
      chunk({}, {}, { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
      chunk({}, {}, { usage: { prompt_tokens: 3, completion_tokens: 9 } }),
    ],
    { inputTokens: 3, outputTokens: 9 },
  ],
  ["as timings", [chunk({}, {}, { timings: { prompt_n: 4, predicted_n: 5 } })], { inputTokens: 4, outputTokens: 5 }],
  [
    "with cache hits",
    [chunk({}, {}, { usage: { prompt_tokens: 9, completion_tokens: 1, prompt_cache_hit_tokens: 8 } })],
    { inputTokens: 9, outputTokens: 1, cacheReadTokens: 8 },
  ],
  [
    "with cache writes and a cost",
    [
      chunk(
        {},
        {},
        {
          usage: { prompt_tokens: 9, completion_tokens: 1, cost: 0.5, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 7 } },
        },
      ),
    ],
    { inputTokens: 9, outputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 7 },
    0.5,
  ],
  [
    "with reasoning outside the completion",
    [
      chunk(
        {},
        {},
        { usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 15, completion_tokens_details: { reasoning_tokens: 5 } } },
      ),
    ],
    { inputTokens: 9, outputTokens: 6, reasoningTokens: 5 },
  ],
];

for (const [name, chunks, usage, cost] of USAGES) {
  test(`openai-chat usage: ${name}`, () => {
    const result = answer(...chunks, "data: [DONE]\n\n");
    assert.deepEqual(result.usage, { ...UNKNOWN_USAGE, ...usage });
    assert.equal(result.costUsd, cost);
  });
}

const DONE = "data: [DONE]\n\n";

test("openai-chat: of several fields with the same reasoning one is read", () => {
  const result = answer(
    chunk({ reasoning_content: "hm", reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm", index: 0 }] }),
    DONE,
  );
  assert.equal(reasoningOf(result), "hm");
});

test("openai-chat: reasoning that comes in details alone is reasoning, and sealed parts are carried", () => {
  const pieces = [
    { type: "reasoning.summary", summary: "Plan", index: 0 },
    { type: "reasoning.summary", summary: "ning", index: 0 },
    { type: "reasoning.encrypted", data: "AA", id: "e1", index: 0 },
    { type: "reasoning.encrypted", data: "BB", id: "e2", index: 0 },
  ];
  const result = answer(...pieces.map((piece) => chunk({ reasoning_details: [piece] })), chunk({ content: "ok" }), DONE);
  assert.equal(reasoningOf(result), "Planning");
  const block = result.message.content[0];
  assert.ok(block?.type === "reasoning");
  assert.deepEqual(block.carry?.data["reasoning_details"], [{ ...pieces[0], summary: "Planning" }, pieces[2], pieces[3]]);
});

test("openai-chat: a tag in the text is text where reasoning has its own field", () => {
  const result = answer(chunk({ reasoning_content: "hm" }), chunk({ content: "<think>" }), chunk({ content: " is a tag</think>" }), DONE);
  assert.equal(textOf(result.message), "<think> is a tag</think>");
  assert.equal(reasoningOf(result), "hm");
});

test("openai-chat: reasoning_text, and content as parts", () => {
  const result = answer(
    chunk({ reasoning_text: "hm" }),
    chunk({ content: ["a", { type: "text", text: "b" }, { type: "reference", reference_ids: [1] }] }),
    DONE,
  );
  assert.equal(reasoningOf(result), "hm");
  assert.equal(textOf(result.message), "ab");
});

test("openai-chat: a signature on the text is carried by the text", () => {
  const extra = { google: { thought_signature: "c2ln" } };
  const result = answer(chunk({ content: "Hi" }), chunk({ content: "", extra_content: extra }), DONE);
  assert.deepEqual(result.message.content, [{ type: "text", text: "Hi", carry: { wire: "openai-chat", data: { extra_content: extra } } }]);
});

test("openai-chat: only the choice with index 0 is read", () => {
  const both = data({
    id: "i",
    model: "m",
    choices: [
      { index: 1, delta: { content: "no" } },
      { index: 0, delta: { content: "yes" }, finish_reason: "stop" },
    ],
  });
  const other = data({ id: "i", model: "m", choices: [{ index: 1, delta: { content: "no" }, finish_reason: "length" }] });
  const result = answer(both, other);
  assert.equal(textOf(result.message), "yes");
  assert.equal(result.reason, "stop");
});

test("openai-chat: comments, pings, CR LF and a cut byte order mark do no harm", () => {
  const decoder = openaiChat.decodeEvents();
  const raw = `\uFEFF: hello\r\n\r\nevent: ping\r\ndata: {}\r\n\r\n${chunk({ content: "x" }).replaceAll("\n", "\r\n")}${DONE}`;
  const events = [...Buffer.from(raw)].flatMap((byte) => [...decoder.push(Uint8Array.of(byte))]);
  assert.deepEqual(
    [...events, ...decoder.end()].map(({ type }) => type),
    ["start", "text-delta", "block-end", "finish"],
  );
});

const reasoningOf = ({ message }: Answer): string =>
  message.content.map((block) => (block.type === "reasoning" ? block.text : "")).join("");

function data(payload: unknown): string {
  return `data: ${JSON.stringify(payload)}\n\n`;
}

function chunk(delta: object, choice: object = {}, more: object = {}): string {
  return data({ id: "i", model: "m", choices: [{ index: 0, delta, ...choice }], ...more });
}

function answer(...chunks: readonly string[]): Answer {
  const fold = new AnswerFold();
  const decoder = openaiChat.decodeEvents();
  for (const each of chunks) for (const event of decoder.push(Buffer.from(each))) fold.add(event);
  for (const event of decoder.end()) fold.add(event);
  return fold.finish();
}
