import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import { userText } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { cohereChat } from "#wires/cohere-chat/wire.ts";
import type { Quirks } from "#wires/quirks.ts";

const URLS = [
  ["https://api.cohere.com", "https://api.cohere.com/v2/chat"],
  ["https://api.cohere.com/", "https://api.cohere.com/v2/chat"],
  ["https://api.cohere.com/v2", "https://api.cohere.com/v2/chat"],
  ["https://api.cohere.com/v2/chat/", "https://api.cohere.com/v2/chat"],
  ["https://api.cohere.com/v1", "https://api.cohere.com/v2/chat"],
  ["https://api.cohere.ai/compatibility/v1", "https://api.cohere.ai/v2/chat"],
  ["https://api.cohere.ai/compatibility", "https://api.cohere.ai/v2/chat"],
  ["http://proxy:8080/cohere/v2?tenant=a", "http://proxy:8080/cohere/v2/chat?tenant=a"],
] as const;

for (const [base, wanted] of URLS) {
  test(`cohere-chat asks ${wanted} for ${base}`, () => assert.equal(cohereChat.url(base), wanted));
}

const FIXTURES = join(import.meta.dirname, "../../../fixtures/cohere-chat");

for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith(".request.json"))) {
  test(`cohere-chat request fixture ${name}`, () => {
    const { request, target, body } = JSON.parse(readFileSync(join(FIXTURES, name), "utf8"));
    const encoded = cohereChat.encodeRequest(request, target);
    assert.deepEqual(JSON.parse(encoded.body), body);
    assert.equal(encoded.headers["accept"], "text/event-stream");
  });
}

const encoded = (request: Partial<ModelRequest>, quirks: Quirks = {}): Record<string, unknown> =>
  JSON.parse(cohereChat.encodeRequest({ messages: [], ...request }, { model: "m", stream: false, quirks }).body);

const TOOLS = [{ name: "t", description: "d", parameters: { type: "object" } }];
const SENT_TOOLS = [{ type: "function", function: TOOLS[0] }];
const SCHEMA = { type: "json-schema", name: "n", schema: { type: "object" } } as const;

const PARTS: readonly (readonly [string, Partial<ModelRequest>, Record<string, unknown>])[] = [
  ["nothing that was not asked for", {}, {}],
  ["json", { responseFormat: { type: "json" } }, { response_format: { type: "json_object" } }],
  ["a schema", { responseFormat: SCHEMA }, { response_format: { type: "json_object", json_schema: { type: "object" } } }],
  ["no schema beside tools", { tools: TOOLS, responseFormat: SCHEMA }, { tools: SENT_TOOLS }],
  [
    "no tools beside a schema where they may not be called",
    { tools: TOOLS, toolChoice: "none", responseFormat: SCHEMA },
    { response_format: { type: "json_object", json_schema: { type: "object" } } },
  ],
  ["a free choice", { tools: TOOLS, toolChoice: "auto" }, { tools: SENT_TOOLS }],
  ["a forced choice", { tools: TOOLS, toolChoice: "required" }, { tools: SENT_TOOLS, tool_choice: "REQUIRED" }],
  ["a forbidden one", { tools: TOOLS, toolChoice: "none" }, { tools: SENT_TOOLS, tool_choice: "NONE" }],
  ["no choice without tools", { tools: [], toolChoice: "required" }, {}],
  ["no thinking", { reasoning: "none" }, { thinking: { type: "disabled" } }],
  ["thinking without an end", { reasoning: "max" }, { thinking: { type: "enabled" } }],
  [
    "thinking within the limit",
    { reasoning: "max", maxOutputTokens: 100 },
    { thinking: { type: "enabled", token_budget: 50 }, max_tokens: 100 },
  ],
];

for (const [name, request, wanted] of PARTS) {
  test(`cohere-chat writes ${name}`, () => {
    const { model: _model, messages: _messages, stream: _stream, ...rest } = encoded(request);
    assert.deepEqual(rest, wanted);
  });
}

test("cohere-chat heeds quirks", () => {
  assert.equal(encoded({ temperature: 0 }, { temperature: "drop" })["temperature"], undefined);
  assert.equal(encoded({ temperature: 0 }, { temperature: 0.1 })["temperature"], 0.1);
  assert.equal(encoded({}, { defaultMaxTokens: 9 })["max_tokens"], 9);
});

test("cohere-chat: half surrogate pairs are replaced and whole ones kept", () => {
  assert.deepEqual(encoded({ messages: [userText("a\uD83Db 😀")] })["messages"], [{ role: "user", content: "a\uFFFDb 😀" }]);
});

test("cohere-chat reads a client's request with the looseness that Cohere allows", () => {
  const { request, ...rest } = cohereChat.decodeRequest({
    model: "command-a-03-2025",
    safety_mode: "STRICT",
    strict_tools: true,
    tools: null,
    tool_choice: null,
    response_format: { type: "text" },
    thinking: { type: "enabled", token_budget: 1000 },
    messages: [
      { role: "system", content: [{ type: "text", text: "S" }] },
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/PNG;base64,AAAA", detail: "low" } }] },
      {
        role: "assistant",
        content: [{ type: "thinking", thinking: "Hm." }],
        tool_plan: "Look.",
        tool_calls: [{ id: "a", type: "function", function: { name: "f" } }],
        citations: [],
      },
      {
        role: "tool",
        tool_call_id: "a",
        content: [
          { type: "document", document: { id: "1", data: { x: 1 } } },
          { type: "text", text: "B" },
        ],
      },
      { role: "tool", tool_call_id: "b", content: "C" },
      { role: "system", content: "late" },
    ],
  });
  assert.deepEqual(rest, { model: "command-a-03-2025", stream: false });
  const text = (said: string) => ({ type: "text", text: said });
  const result = (callId: string, name: string, content: unknown) => ({ type: "tool-result", callId, name, content, isError: false });
  assert.deepEqual(request, {
    system: [text("S")],
    messages: [
      { role: "user", content: [{ type: "image", mediaType: "image/png", data: "AAAA" }] },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "Hm.", carry: { wire: "cohere-chat", data: { thinking: true } } },
          text("Look."),
          { type: "tool-call", id: "a", name: "f", json: "" },
        ],
      },
      { role: "tool", content: [result("a", "f", [text('{"x":1}'), text("B")]), result("b", "unknown", [text("C")])] },
      { role: "user", content: [text("late")] },
    ],
    reasoning: "low",
  });
});

const said = (...messages: readonly unknown[]) => ({ model: "m", messages });

const WRONG: readonly (readonly [unknown, RegExp])[] = [
  [[], /^body/],
  [{ messages: [{ role: "user", content: "x" }] }, /^model/],
  [{ model: "m" }, /^messages/],
  [{ model: "m", messages: [] }, /^messages/],
  [said({ role: "developer", content: "x" }), /^messages\[0\]\.role/],
  [said({ role: "user", content: 1 }), /^messages\[0\]\.content/],
  [said({ role: "user", content: [{ type: "audio" }] }), /^messages\[0\]\.content\[0\]\.type/],
  [said({ role: "user", content: [{ type: "image_url", image_url: { url: "https://x/y.png" } }] }), /image_url\.url: must be a data: URL/],
  [said({ role: "assistant", content: [{ type: "image_url" }] }), /^messages\[0\]\.content\[0\]\.type/],
  [said({ role: "assistant", tool_calls: [{ function: { name: "f" } }] }), /^messages\[0\]\.tool_calls\[0\]\.id/],
  [said({ role: "tool", content: "x" }), /^messages\[0\]\.tool_call_id/],
  [said({ role: "tool", tool_call_id: "a", content: [{ type: "document", document: {} }] }), /document\.data: is missing/],
  [{ ...said({ role: "user", content: "x" }), documents: ["d"] }, /^documents/],
  [{ ...said({ role: "user", content: "x" }), tool_choice: "ANY" }, /^tool_choice/],
  [{ ...said({ role: "user", content: "x" }), thinking: { type: "auto" } }, /^thinking\.type/],
  [{ ...said({ role: "user", content: "x" }), response_format: { type: "xml" } }, /^response_format\.type/],
  [{ ...said({ role: "user", content: "x" }), stop_sequences: [1] }, /^stop_sequences\[0\]/],
  [{ ...said({ role: "user", content: "x" }), tools: [{ function: {} }] }, /^tools\[0\]\.function\.name/],
];

for (const [body, path] of WRONG) {
  test(`cohere-chat refuses ${JSON.stringify(body)}`, () => {
    assert.throws(
      () => cohereChat.decodeRequest(body),
      (error: unknown) => error instanceof ModelError && error.kind === "bad-request" && path.test(error.message),
    );
  });
}

test("cohere-chat writes an error with what to do about it", () => {
  const { status, body } = cohereChat.encodeError(new ModelError("model-not-found", "no such model", { advice: "Look again." }));
  assert.equal(status, 404);
  assert.deepEqual(JSON.parse(body), { message: "no such model. Look again." });
});

const ANSWER: readonly StreamEvent[] = [
  { type: "start", model: "served", id: "id-1" },
  { type: "text-delta", index: 0, text: "" },
  { type: "text-delta", index: 0, text: "Hi" },
  { type: "tool-delta", index: 1, id: toolCallId("s"), name: "search", json: "{}", providerExecuted: true },
  { type: "opaque", index: 2, carry: { wire: "other", data: { citations: [1] } } },
  { type: "tool-delta", index: 3, id: toolCallId("c"), name: "f", json: "" },
  { type: "tool-delta", index: 3, id: toolCallId("c"), name: "f", json: "{}" },
  { type: "finish", reason: "tool-calls", usage: { ...UNKNOWN_USAGE, inputTokens: 3 } },
];

function written(events: readonly StreamEvent[], stream: boolean): string {
  const encoder = cohereChat.encodeEvents({ stream });
  return events.map((event) => encoder.push(event)).join("") + encoder.end();
}

test("cohere-chat writes an answer as events, and ends what was left open", () => {
  const events = written(ANSWER, true).trimEnd().split("\n\n");
  const types = events.map((event) => /^event: (.+)\ndata: \{"type":"\1"/.exec(event)?.[1]);
  assert.deepEqual(types, [
    "message-start",
    "content-start",
    "content-delta",
    "tool-call-start",
    "tool-call-delta",
    "content-end",
    "tool-call-end",
    "message-end",
  ]);
  assert.match(events.at(-1) ?? "", /"finish_reason":"TOOL_CALL","usage":\{"tokens":\{"input_tokens":3\}\}/);
});

test("cohere-chat: an answer without its end never looks whole", () => {
  assert.doesNotMatch(written(ANSWER.slice(0, -1), true), /message-end/);
  assert.throws(() => written(ANSWER.slice(0, -1), false), { kind: "interrupted" });
});
