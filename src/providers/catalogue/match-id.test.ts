import assert from "node:assert/strict";
import { test } from "node:test";
import { IdIndex } from "#providers/catalogue/match-id.ts";

const index = new IdIndex([
  "gpt-4o-2024-05-13",
  "gpt-4o-2024-08-06",
  "gpt-5",
  "gpt-5.5",
  "openai/gpt-5.5",
  "vendor/model",
  "vendor/model:free",
  "claude-sonnet-4-5",
  "claude-opus-4-5-20251101",
  "gemini-2.5-pro",
  "anthropic.claude-opus-4-7",
  "us.anthropic.claude-opus-4-7",
  "anthropic.claude-opus-4-1-20250805-v1:0",
  "amazon.nova-lite-v1:0",
  "mistral-large-2512",
  "deepseek-v3",
  "MiniMax-M3",
]);

const FOUND: readonly (readonly [asked: string, id: string, variant?: "variant"])[] = [
  ["GPT-5", "gpt-5"],
  ["gpt-5-2025-08-07", "gpt-5"],
  ["gpt-5-20250807", "gpt-5"],
  ["gpt-5-latest", "gpt-5"],
  ["gpt-5-5", "gpt-5.5"],
  ["gpt-4o", "gpt-4o-2024-08-06"],
  ["gpt-4o-2023-01-01", "gpt-4o-2024-08-06", "variant"],
  ["openai/gpt-5.5:free", "openai/gpt-5.5", "variant"],
  ["vendor/model:nitro", "vendor/model", "variant"],
  ["claude-sonnet-4.5", "claude-sonnet-4-5"],
  ["claude-sonnet-4-5@20250929", "claude-sonnet-4-5"],
  ["claude-sonnet-4-5@default", "claude-sonnet-4-5"],
  ["claude-opus-4.5", "claude-opus-4-5-20251101"],
  ["models/gemini-2.5-pro", "gemini-2.5-pro"],
  ["eu.anthropic.claude-opus-4-7", "anthropic.claude-opus-4-7"],
  ["us-gov.anthropic.claude-opus-4-1-20250805-v1:0", "anthropic.claude-opus-4-1-20250805-v1:0"],
  ["anthropic.claude-opus-4-1", "anthropic.claude-opus-4-1-20250805-v1:0"],
  ["apac.amazon.nova-lite-v1:0", "amazon.nova-lite-v1:0"],
  ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7", "us.anthropic.claude-opus-4-7"],
  ["minimax-m3", "MiniMax-M3"],
];

for (const [asked, id, variant] of FOUND) {
  test(`${asked} is ${id}`, () => assert.deepEqual(index.find(asked), { id, exact: false, variant: variant !== undefined }));
}

for (const id of ["vendor/model:free", "gpt-4o-2024-05-13", "us.anthropic.claude-opus-4-7", "deepseek-v3"]) {
  test(`${id} is itself`, () => assert.deepEqual(index.find(id), { id, exact: true, variant: false }));
}

for (const asked of [
  "",
  "gpt",
  "gpt-55",
  "deepseek-v9",
  "mistral-large-2411",
  "model",
  "__proto__",
  "constructor",
  ":free",
  "x".repeat(10_000),
]) {
  test(`${JSON.stringify(asked.slice(0, 30))} is not listed`, () => assert.equal(index.find(asked), undefined));
}
