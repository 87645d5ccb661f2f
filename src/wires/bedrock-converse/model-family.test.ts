import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReasoningEffort } from "#model/request.ts";
import { decodeRequest } from "#wires/bedrock-converse/decode-request.ts";
import { encodeRequest } from "#wires/bedrock-converse/encode-request.ts";

for (const [model, efforts] of [
  ["anthropic.claude-opus-4-7", ["none", "low", "medium", "high", "xhigh", "max"]],
  ["amazon.nova-2-lite-v1:0", ["none", "low", "medium", "high"]],
  ["openai.gpt-oss-20b-1:0", ["low", "medium", "high"]],
  ["anthropic.claude-sonnet-4-5", ["none", "low", "medium", "high"]],
] as const satisfies readonly (readonly [string, readonly ReasoningEffort[]])[]) {
  test(`bedrock-converse: efforts come back from ${model}`, () => {
    for (const effort of efforts) {
      const { body } = encodeRequest({ messages: [], reasoning: effort }, { model, stream: true, quirks: {} });
      assert.equal(decodeRequest(JSON.parse(body), "/model/m/converse").request.reasoning, effort);
    }
  });
}
