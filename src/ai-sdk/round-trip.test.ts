import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { FinishReason } from "#model/event.ts";
import { modelId, providerId, toolCallId } from "#model/ids.ts";
import type { AssistantMessage, Carry } from "#model/message.ts";
import { UNKNOWN_FACTS, type Model } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { aiSdkModel } from "#ai-sdk/from-ai-sdk.ts";
import { scriptedModel, USAGE, type Line } from "#ai-sdk/testing-model.ts";
import { languageModel } from "#ai-sdk/to-ai-sdk.ts";

const OUTER = { provider: providerId("outer"), model: modelId("script-1") };
const never = new AbortController().signal;

/** Our model, as one of the AI SDK, as one of ours again. */
const around = (inner: Model): Model => aiSdkModel({ languageModel: languageModel(inner), ...OUTER, facts: UNKNOWN_FACTS });

const carry = (text: string): Carry => ({ wire: "some-wire", data: { signature: text, deep: { list: [1, null, "x"] } } });

const MESSAGE: AssistantMessage = {
  role: "assistant",
  content: [
    { type: "reasoning", text: "first I think", carry: carry("r") },
    { type: "reasoning", text: "", carry: carry("sealed") },
    { type: "text", text: "then I say", carry: carry("t") },
    { type: "opaque", carry: carry("o") },
    { type: "tool-call", id: toolCallId("a"), name: "read", json: '{ "path" : "ü.ts" }', carry: carry("c") },
    { type: "tool-call", id: toolCallId("b"), name: "broken", json: '{"path": "x' },
    { type: "tool-call", id: toolCallId("s"), name: "search", json: '{"q":1}', providerExecuted: true },
    { type: "text", text: "and more" },
  ],
};

/** What stays of a block but its carry, whose wire is now the outer one. */
const bare = (message: AssistantMessage) => message.content.map((block) => ({ ...block, carry: undefined }));

test("an answer comes through whole, and what its blocks carry comes back to the inner model unchanged", async () => {
  const inner = scriptedModel(MESSAGE.content, [{ type: "text", text: "ok" }]);
  const model = around(inner);
  const answer = await collect(model.stream({ messages: [] }, never));
  assert.deepEqual(bare(answer.message), bare(MESSAGE));
  assert.equal(answer.model, "script-1-served");
  assert.equal(answer.reason, "tool-calls");
  assert.deepEqual(answer.usage, USAGE);

  const from = { provider: model.provider, model: model.id };
  await collect(model.stream({ messages: [{ ...answer.message, from }] }, never));
  const back = inner.requests[1]?.messages[0];
  assert.ok(back?.role === "assistant");
  assert.deepEqual(
    back.content.map((block) => block.carry ?? null),
    MESSAGE.content.map((block) => block.carry ?? null),
  );
  assert.deepEqual(back.from, { provider: inner.provider, model: inner.id });
  const calls = back.content.filter((block) => block.type === "tool-call");
  assert.deepEqual(
    calls.map(({ json }) => JSON.parse(json)),
    [{ path: "ü.ts" }, { invalid_json: '{"path": "x' }, { q: 1 }],
  );
});

test("a request comes through field by field", async () => {
  const request: Required<Omit<ModelRequest, "conversation">> & ModelRequest = {
    system: [
      { type: "text", text: "Long and kept.", cache: { ttl: "1h" } },
      { type: "text", text: "Short." },
    ],
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Look", cache: { ttl: "5m" } },
          { type: "image", mediaType: "image/webp", data: "UklGRg==" },
        ],
      },
      { role: "assistant", content: [{ type: "tool-call", id: toolCallId("a"), name: "read", json: '{"path":"x"}' }] },
      {
        role: "tool",
        content: [
          { type: "tool-result", callId: toolCallId("a"), name: "read", content: [{ type: "text", text: "no" }], isError: true },
          {
            type: "tool-result",
            callId: toolCallId("b"),
            name: "shot",
            content: [
              { type: "text", text: "see" },
              { type: "image", mediaType: "image/png", data: "iVBORw==" },
            ],
            isError: false,
            cache: { ttl: "5m" },
          },
        ],
      },
    ],
    tools: [{ name: "read", description: "Reads.", parameters: { type: "object", properties: { path: { type: "string" } } } }],
    toolChoice: { name: "read" },
    parallelToolCalls: false,
    maxOutputTokens: 7,
    temperature: 0,
    topP: 0.5,
    topK: 3,
    stop: ["END"],
    seed: 1,
    reasoning: "xhigh",
    responseFormat: { type: "json-schema", name: "answer", schema: { type: "object" }, strict: true },
    conversation: "c-1",
  };
  const inner = scriptedModel([{ type: "text", text: "ok" }], [{ type: "text", text: "ok" }]);
  await collect(around(inner).stream(request, never));
  assert.deepEqual(inner.requests[0], request);
  for (const toolChoice of ["auto", "none", "required"] as const) {
    const asked = scriptedModel([{ type: "text", text: "ok" }]);
    await collect(around(asked).stream({ ...request, toolChoice, responseFormat: { type: "json" } }, never));
    assert.deepEqual(asked.requests[0], { ...request, toolChoice, responseFormat: { type: "json" } });
  }
});

test("every finish reason, unknown usage and the provider's own cost come through", async () => {
  const reasons: readonly FinishReason[] = ["stop", "length", "tool-calls", "content-filter", "error", "other"];
  for (const reason of reasons) {
    const events = [
      { type: "start", model: "m" },
      { type: "finish", reason, usage: UNKNOWN_USAGE, costUsd: 0.5 },
    ] as const;
    const answer = await collect(around(scriptedModel({ events })).stream({ messages: [] }, never));
    assert.deepEqual([answer.reason, answer.usage, answer.costUsd], [reason, UNKNOWN_USAGE, 0.5]);
  }
});

test("a failure keeps its kind, its status, its wait and its place in the answer", async () => {
  const begun = [
    { type: "start", model: "m" },
    { type: "text-delta", index: 0, text: "half" },
  ] as const;
  const errors = [
    new ModelError("rate-limit", "slow down", { status: 429, retryAfterMs: 1500 }),
    new ModelError("context-overflow", "too long"),
    new ModelError("timeout-idle", "stalled"),
  ];
  for (const error of errors) {
    for (const line of [error, { events: begun, failure: error }] satisfies Line[]) {
      let said = "";
      const asked = (async () => {
        for await (const event of around(scriptedModel(line)).stream({ messages: [] }, never)) if ("text" in event) said += event.text;
      })();
      await assert.rejects(asked, (caught) => {
        assert.ok(caught instanceof ModelError);
        assert.deepEqual([caught.kind, caught.message], [error.kind, error.message]);
        assert.equal(caught.details.retryAfterMs, error.details.retryAfterMs);
        assert.equal(caught.details.status, error.details.status);
        return true;
      });
      assert.equal(said, line === error ? "" : "half");
    }
  }
});
