import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { asNumber, asObject } from "#base/json.ts";
import { toolCallId } from "#model/ids.ts";
import { userText, type Message } from "#model/message.ts";
import type { ModelRequest, ReasoningEffort } from "#model/request.ts";
import { decodeRequest } from "#wires/anthropic-messages/decode-request.ts";
import { encodeRequest } from "#wires/anthropic-messages/encode-request.ts";
import type { Quirks } from "#wires/quirks.ts";

const ADAPTIVE = { type: "adaptive" };
const DISABLED = { type: "disabled" };
const budget = (tokens: number) => ({ type: "enabled", budget_tokens: tokens });

for (const [model, reasoning, thinking, effort] of [
  ["claude-opus-4-7", undefined, undefined, undefined],
  ["claude-opus-4-7", "minimal", ADAPTIVE, "low"],
  ["claude-opus-4-7", "xhigh", ADAPTIVE, "xhigh"],
  ["claude-opus-4-7", "none", DISABLED, undefined],
  ["anthropic/claude-opus-4.6", "high", ADAPTIVE, "high"],
  ["us.anthropic.claude-sonnet-4-6-v1", "xhigh", ADAPTIVE, "high"],
  ["claude-sonnet-4-6", "max", ADAPTIVE, "max"],
  ["claude-sonnet-5-5", "none", { type: "between_tools" }, undefined],
  ["claude-opus-5-5", "none", undefined, "low"],
  ["claude-haiku-5-5", "none", DISABLED, undefined],
  ["claude-fable-5", "medium", ADAPTIVE, "medium"],
  ["claude-sonnet-4-5-20250929", "low", budget(1024), undefined],
  ["claude-haiku-4-5", "medium", budget(4096), undefined],
  ["claude-opus-4-1", "max", budget(24_000), undefined],
  ["kimi-for-coding", "medium", ADAPTIVE, "low"],
  ["some-model", "high", budget(16_384), undefined],
  ["some-model", "max", budget(32_768), undefined],
  ["some-model", "none", DISABLED, undefined],
] as const satisfies readonly (readonly [string, ReasoningEffort | undefined, object | undefined, string | undefined])[]) {
  test(`thinking: ${model} at ${reasoning ?? "its default"}`, () => {
    const body = encode({ messages: [userText("a")], ...(reasoning === undefined ? {} : { reasoning }) }, model);
    assert.deepEqual(body.thinking, thinking);
    assert.equal(asObject(body.output_config)?.effort, effort);
  });
}

test("thinking: an effort that the provider does not know becomes the nearest one it does", () => {
  const quirks: Quirks = { reasoningEfforts: ["none", "high", "max"] };
  const effort = (reasoning: ReasoningEffort) =>
    asObject(encode({ messages: [], reasoning }, "claude-opus-4-7", quirks).output_config)?.effort;
  assert.deepEqual([effort("low"), effort("high"), effort("xhigh"), effort("max")], ["high", "high", "high", "max"]);
});

test("thinking: max_tokens is larger than the budget, whatever limit and effort", () => {
  const effort = fc.constantFrom<ReasoningEffort>("minimal", "low", "medium", "high", "xhigh", "max");
  const model = fc.constantFrom("claude-opus-4-1", "claude-sonnet-4-5", "some-model");
  fc.assert(
    fc.property(effort, model, fc.option(fc.integer({ min: 1, max: 100_000 }), { nil: undefined }), (reasoning, id, limit) => {
      const body = encode({ messages: [], reasoning, ...(limit === undefined ? {} : { maxOutputTokens: limit }) }, id);
      const tokens = asNumber(asObject(body.thinking)?.budget_tokens) ?? 0;
      const most = asNumber(body.max_tokens) ?? 0;
      assert.ok(tokens >= 1024 && most > tokens);
      if (limit !== undefined && limit > 1024) assert.equal(most, limit);
    }),
  );
});

test("thinking: the default limit leaves room for it, up to the model's own limit", () => {
  const limit = (model: string) => encode({ messages: [], reasoning: "max" }, model).max_tokens;
  assert.deepEqual([limit("some-model"), limit("claude-opus-4-1"), limit("claude-opus-4-7")], [40_960, 32_000, 40_960]);
});

test("thinking: a forced call turns it off, or is not forced where the model allows none", () => {
  const forced: ModelRequest = {
    messages: [],
    reasoning: "high",
    toolChoice: "required",
    tools: [{ name: "t", description: "", parameters: {} }],
  };
  const sent = (model: string) => {
    const { thinking, tool_choice } = encode(forced, model);
    return [thinking, tool_choice];
  };
  assert.deepEqual(sent("claude-sonnet-4-5"), [DISABLED, { type: "any" }]);
  assert.deepEqual(sent("claude-opus-4-7"), [DISABLED, { type: "any" }]);
  assert.deepEqual(sent("claude-fable-5"), [undefined, { type: "any" }]);
  assert.deepEqual(sent("claude-opus-5-5"), [ADAPTIVE, { type: "auto" }]);
});

test("thinking: a loop of calls that another model began goes on without it where a budget would be refused", () => {
  const id = toolCallId("t1");
  const called = { type: "tool-call", id, name: "t", json: "{}" } as const;
  const signed = { type: "reasoning", text: "", carry: { wire: "anthropic-messages", data: { signature: "s" } } } as const;
  const answered: Message = { role: "tool", content: [{ type: "tool-result", callId: id, name: "t", content: [], isError: false }] };
  const sent = (model: string, ...messages: readonly Message[]) =>
    encode({ messages: [userText("a"), ...messages], reasoning: "low" }, model).thinking;
  const foreign: Message = { role: "assistant", content: [called] };
  const own: Message = { role: "assistant", content: [signed, called] };
  assert.deepEqual(sent("claude-sonnet-4-5", foreign, answered), DISABLED);
  assert.deepEqual(sent("claude-sonnet-4-5", own, answered, foreign, answered), budget(1024));
  assert.deepEqual(sent("claude-sonnet-4-5", foreign, answered, { role: "assistant", content: [] }, own), budget(1024));
  assert.deepEqual(sent("claude-opus-4-7", foreign, answered), ADAPTIVE);
});

test("every effort comes back from the models that know it", () => {
  const efforts: readonly ReasoningEffort[] = ["none", "low", "medium", "high", "xhigh", "max"];
  for (const reasoning of efforts) {
    assert.equal(decodeRequest(encode({ messages: [], reasoning }, "claude-opus-4-7")).request.reasoning, reasoning);
  }
});

function encode(request: ModelRequest, model: string, quirks: Quirks = {}): Record<string, unknown> {
  return asObject(JSON.parse(encodeRequest(request, { model, stream: true, quirks }).body)) ?? {};
}
