import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RefError, parseRef, printRef } from "#model/ref.ts";
import type { ModelRef } from "#model/ref.ts";

const prefixed = (provider: string, separator: "/" | ":", model: string): ModelRef => ({ kind: "prefixed", provider, separator, model });
const bare = (name: string): ModelRef => ({ kind: "bare", name });

const FORMS: readonly (readonly [string, ModelRef])[] = [
  ["anthropic/claude-opus-4-7", prefixed("anthropic", "/", "claude-opus-4-7")],
  ["ollama:qwen3:14b", prefixed("ollama", ":", "qwen3:14b")],
  ["qwen3:14b", prefixed("qwen3", ":", "14b")],
  ["openrouter/anthropic/claude-sonnet-4.6", prefixed("openrouter", "/", "anthropic/claude-sonnet-4.6")],
  ["openrouter/qwen/qwen3:free", prefixed("openrouter", "/", "qwen/qwen3:free")],
  ["opencode:anthropic/claude", prefixed("opencode", ":", "anthropic/claude")],
  ["workersai:@cf/qwen/qwen2.5", prefixed("workersai", ":", "@cf/qwen/qwen2.5")],
  ["hint:fast", { kind: "hint", name: "fast" }],
  ["hint/fast", prefixed("hint", "/", "fast")],
  ["custom:https://host/v1", { kind: "url", scheme: "custom", url: "https://host/v1" }],
  ["custom:HTTP://Host:1", { kind: "url", scheme: "custom", url: "HTTP://Host:1" }],
  ["anthropic-custom:https://host", { kind: "url", scheme: "anthropic-custom", url: "https://host" }],
  ["custom:qwen3:4b", { kind: "custom", name: "qwen3:4b" }],
  ["custom/x", prefixed("custom", "/", "x")],
  ["sonnet", bare("sonnet")],
  ["@cf/qwen/qwen2.5-coder-32b-instruct", bare("@cf/qwen/qwen2.5-coder-32b-instruct")],
  ["/models/a.gguf", bare("/models/a.gguf")],
];

for (const [text, expected] of FORMS) {
  test(`reads ${text}`, () => {
    assert.deepEqual(parseRef(text), expected);
    assert.equal(printRef(expected), text);
  });
}

const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["", /empty/],
  ["a b", /white space/],
  ["groq/llama\n", /white space or control/],
  ["groq/\u0007", /control/],
  ["groq/", /names no model/],
  ["hint:", /names no model/],
  ["custom:", /^custom requires a URL\. Format: custom:https:\/\/your-api\.example\.com\/v1$/],
  ["anthropic-custom:", /^anthropic-custom requires a URL\. Format: anthropic-custom:https:\/\/your-api\.example\.com$/],
  ["custom:ftp://host", /custom requires an http:\/\/ or https:\/\/ URL/],
  ["custom:https://", /requires an http:\/\/ or https:\/\/ URL/],
  ["custom:https:/host", /requires an http:\/\/ or https:\/\/ URL/],
  ["anthropic-custom:host", /requires an http:\/\/ or https:\/\/ URL/],
  ["https://host/v1", /a URL is no model reference/],
  ["x".repeat(2049), /longer than 2048/],
];

for (const [text, message] of REFUSED) {
  test(`refuses ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.throws(
      () => parseRef(text),
      (error) => error instanceof RefError && message.test(error.message) && error.advice !== "",
    );
  });
}

test("does not repeat a URL's password", () => {
  assert.throws(
    () => parseRef("custom:https://me:hunter2@host/v1"),
    (error) => error instanceof RefError && !error.message.includes("hunter2") && !error.advice.includes("hunter2"),
  );
});

const word = (pattern: RegExp) => fc.stringMatching(pattern);
const rest = word(/^[!-~]{1,30}$/);
const KEYWORDS = new Set(["custom", "anthropic-custom", "hint", "http", "https"]);

const anyRef: fc.Arbitrary<ModelRef> = fc.oneof(
  fc
    .record({ provider: word(/^[A-Za-z0-9._-]{1,12}$/), separator: fc.constantFrom("/" as const, ":" as const), model: rest })
    .filter(({ provider, separator }) => separator === "/" || !KEYWORDS.has(provider))
    .map((parts) => ({ kind: "prefixed" as const, ...parts })),
  fc
    .record({ scheme: fc.constantFrom("custom" as const, "anthropic-custom" as const), url: fc.webUrl() })
    .map((parts) => ({ kind: "url" as const, ...parts })),
  rest.map((name) => ({ kind: "hint" as const, name })),
  word(/^[A-Za-z0-9._/-]{1,20}$/).map((name) => ({ kind: "custom" as const, name })),
  word(/^[A-Za-z0-9._-]{1,20}$/).map(bare),
  rest.map((name) => bare(`@${name}`)),
);

test("parse reads back what print wrote", () => {
  fc.assert(fc.property(anyRef, (ref) => assert.deepEqual(parseRef(printRef(ref)), ref)));
});

test("print gives back every text that parse takes", () => {
  const texts = fc.oneof(fc.string(), word(/^(custom|hint|anthropic-custom|groq)?[:/@]?[!-~]{0,20}$/), anyRef.map(printRef));
  fc.assert(
    fc.property(texts, (text) => {
      let ref: ModelRef;
      try {
        ref = parseRef(text);
      } catch (error) {
        assert(error instanceof RefError);
        return;
      }
      assert.equal(printRef(ref), text);
    }),
    { numRuns: 500 },
  );
});
