import assert from "node:assert/strict";
import { test } from "node:test";
import { requireProvider } from "#providers/find.ts";
import { findKey, keyHeaders, keyProblem } from "#providers/keys.ts";
import type { Env } from "#providers/keys.ts";

const search = (name: string, env: Env, token?: string) => findKey(requireProvider(name).row.auth, { env, token });

test("--token wins over the environment, and variables are tried in order; blank ones count as absent", () => {
  const env = { GEMINI_API_KEY: "  ", GOOGLE_API_KEY: "google-key-1234\n" };
  const key = { value: "google-key-1234", source: "environment", name: "GOOGLE_API_KEY", last4: "1234" };
  const variables = ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"];
  assert.deepEqual(search("gemini", env), { key, variables, others: [] });
  assert.deepEqual(search("gemini", env, " token-of-mine "), {
    key: { value: "token-of-mine", source: "flag", name: "--token", last4: "mine" },
    variables,
    others: [{ source: "environment", name: "GOOGLE_API_KEY" }],
  });
  assert.equal(search("gemini", env, "").key?.name, "GOOGLE_API_KEY");
  assert.equal(search("gemini", {}).key, null);
});

test("of a short key nothing is shown", () => {
  assert.equal(search("groq", { GROQ_API_KEY: "short" }).key?.last4, "");
});

test("each way to show a key", () => {
  const headers = (name: string, env: Env, token?: string) => {
    const { key } = search(name, env, token);
    assert(key !== null);
    return keyHeaders(requireProvider(name).row.auth, key);
  };
  assert.deepEqual(headers("groq", { GROQ_API_KEY: "k" }), { authorization: "Bearer k" });
  assert.deepEqual(headers("anthropic", { ANTHROPIC_API_KEY: "k" }), { "x-api-key": "k" });
  assert.deepEqual(headers("anthropic", { ANTHROPIC_AUTH_TOKEN: "k" }), { authorization: "Bearer k" });
  assert.deepEqual(headers("anthropic", { ANTHROPIC_API_KEY: "a", ANTHROPIC_AUTH_TOKEN: "b" }), { "x-api-key": "a" });
  assert.deepEqual(headers("cloudflare-gateway", { CLOUDFLARE_API_TOKEN: "k" }), { "cf-aig-authorization": "Bearer k" });
  assert.deepEqual(headers("ollama", {}, "k"), { authorization: "Bearer k" });
  const { key } = search("opencode", { OPENCODE_API_KEY: "k" });
  assert(key !== null);
  assert.deepEqual(keyHeaders(requireProvider("opencode").row.auth, key, { keyHeader: "x-api-key" }), { "x-api-key": "k" });
});

const problem = (name: string, token?: string, ownHost = true) => keyProblem(requireProvider(name), search(name, {}, token), ownHost);

test("a missing key names the variables in order, how to set one, and the page to get it from", () => {
  const error = problem("gemini");
  assert.equal(error?.kind, "auth");
  assert.match(error.message, /GEMINI_API_KEY, GOOGLE_API_KEY, GOOGLE_GENERATIVE_AI_API_KEY$/);
  assert.match(error.advice, /export GEMINI_API_KEY=….*--token.*https:\/\/aistudio\.google\.com/);
});

test("no key is missed where none is needed", () => {
  assert.equal(problem("ollama"), null);
  assert.equal(problem("lmstudio"), null);
});

const FOREIGN: readonly (readonly [name: string, token: string, owner: RegExp | null])[] = [
  ["openai", "sk-ant-api03-abcdefgh", /Anthropic, not of OpenAI/],
  ["openai", "sk-or-v1-abcdefgh", /OpenRouter, not of OpenAI/],
  ["openai", "gsk_abcdefgh", /Groq/],
  ["groq", "sk-proj-abcdefgh", /OpenAI, not of Groq/],
  ["groq", "sk-abcdefgh", /OpenAI, not of Groq/],
  ["anthropic", "sk-proj-abcdefgh", /OpenAI, not of Anthropic/],
  ["anthropic", "sk-abcdefgh", null],
  ["anthropic", "sk-ant-abcdefgh", null],
  ["openai", "sk-abcdefgh", null],
  ["openai", "sk-proj-abcdefgh", null],
  ["openrouter", "anything", null],
  ["deepseek", "sk-abcdefgh", null],
  ["deepseek", "sk-ant-abcdefgh", null],
  ["ollama", "sk-ant-abcdefgh", null],
];

for (const [name, token, owner] of FOREIGN) {
  test(`${token} for ${name} is ${owner === null ? "sent" : "another's"}`, () => {
    const error = problem(name, token);
    if (owner === null) {
      assert.equal(error, null);
      return;
    }
    assert.equal(error?.kind, "auth");
    assert.match(error.message, owner);
    assert.ok(!error.message.includes("abcdefgh") && !error.advice.includes("abcdefgh"));
  });
}

test("another address than the provider's own may take any key, but none that a header cannot carry", () => {
  assert.equal(problem("openai", "sk-ant-api03-abcdefgh", false), null);
  for (const token of ["a b", "k\ney", "ключ"])
    assert.match(problem("openai", token, false)?.message ?? "", /characters in it that no key has/);
});
