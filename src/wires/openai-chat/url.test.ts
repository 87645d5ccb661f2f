import assert from "node:assert/strict";
import { test } from "node:test";
import { chatUrl } from "#wires/openai-chat/url.ts";

const URLS: readonly (readonly [base: string, url: string])[] = [
  ["http://localhost:1234", "http://localhost:1234/v1/chat/completions"],
  ["https://api.deepseek.com/", "https://api.deepseek.com/v1/chat/completions"],
  ["https://api.openai.com/v1", "https://api.openai.com/v1/chat/completions"],
  ["https://api.openai.com/v1//", "https://api.openai.com/v1/chat/completions"],
  ["https://host/inference", "https://host/inference/v1/chat/completions"],
  ["https://v2.host/inference", "https://v2.host/inference/v1/chat/completions"],
  ["https://host/api/paas/v4", "https://host/api/paas/v4/chat/completions"],
  ["https://host/v1beta/openai/", "https://host/v1beta/openai/chat/completions"],
  ["https://host/openai/v1", "https://host/openai/v1/chat/completions"],
  ["https://host/compatible-mode/v1", "https://host/compatible-mode/v1/chat/completions"],
  ["https://host/api/v3", "https://host/api/v3/chat/completions"],
  ["https://host/custom/chat/completions", "https://host/custom/chat/completions"],
  ["https://host/custom/chat/completions/", "https://host/custom/chat/completions"],
  [
    "https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
    "https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
  ],
  [
    "https://me.openai.azure.com/openai/deployments/d?api-version=2024-10-21",
    "https://me.openai.azure.com/openai/deployments/d/chat/completions?api-version=2024-10-21",
  ],
  ["http://host?tenant=a", "http://host/v1/chat/completions?tenant=a"],
];

for (const [base, url] of URLS) {
  test(`openai-chat url of ${base}`, () => {
    assert.equal(chatUrl(base), url);
  });
}
