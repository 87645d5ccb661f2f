import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "#base/nearest.ts";

const NAMES = ["anthropic", "openai", "openrouter", "groq", "gemini", "grok", "moonshot", "moonshot-cn"];

test("finds what was meant", () => {
  assert.deepEqual(nearest("antropic", NAMES), ["anthropic"]);
  assert.deepEqual(nearest("gorq", NAMES), ["groq"], "a swap is one mistake");
  assert.deepEqual(nearest("GROQ", NAMES), ["groq", "grok"]);
  assert.deepEqual(nearest("open", NAMES), ["openai", "openrouter"], "a beginning counts");
});

test("says nothing rather than something far off", () => {
  assert.deepEqual(nearest("bedrock", NAMES), []);
  assert.deepEqual(nearest("", NAMES), []);
});

test("keeps to the limit, and survives very long words", () => {
  assert.deepEqual(nearest("moonshot", NAMES, 1), ["moonshot"]);
  assert.deepEqual(nearest("x".repeat(1_000_000), NAMES), []);
});
