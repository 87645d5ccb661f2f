import assert from "node:assert/strict";
import { test } from "node:test";
import { toolCallId } from "#model/ids.ts";
import { openaiChat } from "#wires/openai-chat/wire.ts";

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
