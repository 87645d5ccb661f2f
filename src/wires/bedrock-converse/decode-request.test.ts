import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError } from "#model/error.ts";
import { decodeRequest } from "#wires/bedrock-converse/decode-request.ts";

test("decode: what is wrong is named, with its place", () => {
  const wrong = (body: unknown, path = "/model/m/converse"): string => {
    try {
      decodeRequest(body, path);
      return "nothing";
    } catch (error) {
      assert.ok(error instanceof ModelError && error.kind === "bad-request", String(error));
      return error.message;
    }
  };
  const turn = (...content: readonly object[]) => ({ messages: [{ role: "user", content }] });
  assert.match(wrong([]), /the request: must be an object/);
  assert.match(wrong({}), /^messages: is missing/);
  assert.match(wrong({ messages: [{ role: "system", content: [] }] }), /^messages\[0\]\.role/);
  assert.match(wrong(turn({ document: {} })), /^messages\[0\]\.content\[0\]\.document: is not supported/);
  assert.match(wrong(turn({ image: { format: "png", source: { s3Location: {} } } })), /image\.source\.bytes: is missing/);
  assert.match(wrong(turn({ text: 5 })), /text: must be a string/);
  assert.match(wrong({ ...turn(), inferenceConfig: { maxTokens: 0 } }), /^inferenceConfig\.maxTokens/);
  assert.match(wrong({ ...turn(), toolConfig: { tools: [{ toolSpec: { name: "a" } }] } }), /toolSpec\.inputSchema: is missing/);
  assert.match(wrong(turn(), "/model/%zz/converse"), /URL-encoded/);
  assert.match(wrong(turn(), "/v1/messages"), /must be \/model/);
});

test("decode: JSON in a result is its text; a cache point among the tools is left out", () => {
  const body = {
    messages: [{ role: "user", content: [{ toolResult: { toolUseId: "a", content: [{ json: { n: 1 } }], status: "success" } }] }],
    toolConfig: { tools: [{ cachePoint: { type: "default" } }] },
  };
  const { request: asked, stream } = decodeRequest(body, "/model/a%2Fb/converse-stream?x=1");
  assert.deepEqual(asked, {
    messages: [
      {
        role: "tool",
        content: [{ type: "tool-result", callId: "a", name: "", content: [{ type: "text", text: '{"n":1}' }], isError: false }],
      },
    ],
    tools: [],
  });
  assert.equal(stream, true);
});
