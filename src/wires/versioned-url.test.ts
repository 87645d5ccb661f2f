import assert from "node:assert/strict";
import { test } from "node:test";
import { versionedUrl } from "#wires/versioned-url.ts";

const URLS: readonly (readonly [base: string, url: string])[] = [
  ["http://localhost:11434", "http://localhost:11434/v1/responses"],
  ["https://api.openai.com/v1/", "https://api.openai.com/v1/responses"],
  ["https://openrouter.ai/api/v1", "https://openrouter.ai/api/v1/responses"],
  ["https://v2.host/inference", "https://v2.host/inference/v1/responses"],
  ["https://me.openai.azure.com/openai/v1?api-version=preview", "https://me.openai.azure.com/openai/v1/responses?api-version=preview"],
  ["https://me.openai.azure.com/openai?api-version=2025-04-01", "https://me.openai.azure.com/openai/responses?api-version=2025-04-01"],
  ["https://host/backend-api/codex/responses", "https://host/backend-api/codex/responses"],
  ["https://host/custom/responses/?tenant=a", "https://host/custom/responses?tenant=a"],
];

for (const [base, url] of URLS) {
  test(`versioned url of ${base}`, () => {
    assert.equal(versionedUrl(base, "/responses"), url);
  });
}
