import assert from "node:assert/strict";
import { test } from "node:test";
import { redactRequest } from "#simulator/redact.ts";

const KEY = "Zz-0123456789-abcdef-wxyz";

test("secrets of headers, query and fields are masked wherever they are repeated", () => {
  const { path, headers, body } = redactRequest(
    `/v1/chat/completions?key=other-secret&alt=sse`,
    { authorization: `Bearer ${KEY}`, "x-api-key": KEY, "x-goog-api-key": "short", cookie: "a=b", accept: "*/*", host: undefined },
    { messages: [{ content: `my key is ${KEY}` }], api_key: "plain", max_tokens: 5, note: "sk-ant-0123456789abcdefghij" },
  );
  assert.equal(path, "/v1/chat/completions?key=***&alt=sse");
  assert.deepEqual(headers, {
    authorization: "Bearer ***wxyz",
    "x-api-key": "***wxyz",
    "x-goog-api-key": "***",
    cookie: "***",
    accept: "*/*",
    host: "",
  });
  assert.deepEqual(body, { messages: [{ content: "my key is ***" }], api_key: "***", max_tokens: 5, note: "sk-***" });
});

test("ordinary text stays as it is", () => {
  const body = { messages: ["task-oriented risk-management-of-many-words", 1, null, true], tools: [] };
  assert.deepEqual(redactRequest("/api/chat?x=1", { accept: "a" }, body), { path: "/api/chat?x=1", headers: { accept: "a" }, body });
});
