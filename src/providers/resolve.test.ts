import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { resolve } from "#providers/resolve.ts";
import type { ResolveOptions } from "#providers/resolve.ts";

type Case = readonly [what: string, options: Partial<ResolveOptions>, provider: string, model: string | null];

const gateway = { provider: "openrouter" };

const CHOSEN: readonly Case[] = [
  ["a slash", { ref: "anthropic/claude-opus-4-7" }, "anthropic", "claude-opus-4-7"],
  ["an alias", { ref: "hf/zai-org/GLM-5.3" }, "huggingface", "zai-org/GLM-5.3"],
  ["a colon; the rest stays whole", { ref: "ollama:qwen3:14b" }, "ollama", "qwen3:14b"],
  ["a colon, then a slash", { ref: "opencode:anthropic/claude-x" }, "opencode", "anthropic/claude-x"],
  ["a gateway and its own id", { ref: "openrouter/anthropic/claude-sonnet-4.6" }, "openrouter", "anthropic/claude-sonnet-4.6"],
  ["an Ollama tag", { ref: "qwen3:14b" }, "ollama", "qwen3:14b"],
  ["an Ollama tag on a provider's name", { ref: "mistral:7b-instruct-q4_0" }, "ollama", "mistral:7b-instruct-q4_0"],
  ["an Ollama tag, though one provider has a key", { ref: "qwen3:14b", env: { GROQ_API_KEY: "k" } }, "ollama", "qwen3:14b"],
  ["gpt-oss is not OpenAI's", { ref: "gpt-oss:20b" }, "ollama", "gpt-oss:20b"],
  ["sonnet", { ref: "sonnet" }, "anthropic", "claude-sonnet-5-5"],
  ["opus with -m", { model: "opus" }, "anthropic", "claude-opus-5-5"],
  ["haiku after its provider", { ref: "anthropic:haiku" }, "anthropic", "claude-haiku-5-5"],
  ["opus with a version", { ref: "opus-4.8" }, "anthropic", "claude-opus-4-8"],
  ["claude-*", { ref: "claude-sonnet-4-6" }, "anthropic", "claude-sonnet-4-6"],
  ["gpt-*", { ref: "gpt-4o" }, "openai", "gpt-4o"],
  ["o3", { ref: "o3-mini" }, "openai", "o3-mini"],
  ["*codex*", { ref: "gpt-5.3-codex" }, "openai", "gpt-5.3-codex"],
  ["chatgpt*", { ref: "chatgpt-4o-latest" }, "openai", "chatgpt-4o-latest"],
  ["gemini-*", { ref: "gemini-2.5-pro" }, "gemini", "gemini-2.5-pro"],
  ["a bare rule before default_provider", { ref: "sonnet", defaults: gateway }, "anthropic", "claude-sonnet-5-5"],
  ["default_provider for other names", { ref: "llama-x", defaults: { provider: "groq" } }, "groq", "llama-x"],
  ["a default of auto is none", { ref: "llama-x", defaults: { provider: "auto" } }, "ollama", "llama-x"],
  ["the only provider with a key", { ref: "llama-x", env: { GROQ_API_KEY: "k", HF_TOKEN: " " } }, "groq", "llama-x"],
  ["one key that several rows read", { ref: "llama-x", env: { ZAI_API_KEY: "k" } }, "zai", "llama-x"],
  ["two keys choose nobody", { ref: "llama-x", env: { GROQ_API_KEY: "k", XAI_API_KEY: "k" } }, "ollama", "llama-x"],
  ["@cf is bare", { ref: "@cf/qwen/q", defaults: { provider: "groq" } }, "groq", "@cf/qwen/q"],
  ["-p", { provider: "groq", model: "llama-x" }, "groq", "llama-x"],
  ["-p over a bare rule", { provider: "openrouter", model: "sonnet" }, "openrouter", "sonnet"],
  ["-p that owns the short name", { provider: "claude", model: "sonnet" }, "anthropic", "claude-sonnet-5-5"],
  ["-p takes off its own prefix", { provider: "groq", model: "groq/llama-x" }, "groq", "llama-x"],
  ["-p takes off its own alias", { provider: "openrouter", model: "or:a/b" }, "openrouter", "a/b"],
  ["-p keeps another's prefix", { provider: "openrouter", model: "anthropic/claude-x" }, "openrouter", "anthropic/claude-x"],
  ["-p with a family name", { provider: "kimi-k3", model: "kimi-k3" }, "moonshot", "kimi-k3"],
  ["an id that begins with its provider's name", { ref: "openrouter/auto" }, "openrouter", "openrouter/auto"],
  ["the same with -p", { provider: "groq", model: "groq/compound-mini" }, "groq", "groq/compound-mini"],
  ["NVIDIA's own models", { ref: "nvidia/nemotron-x" }, "nvidia", "nvidia/nemotron-x"],
  ["others' models at NVIDIA", { ref: "nvidia/meta/llama-x" }, "nvidia", "meta/llama-x"],
  ["a gateway by default owns the slash", { ref: "anthropic/claude-x", defaults: gateway }, "openrouter", "anthropic/claude-x"],
  ["also one of an unknown name", { ref: "acme/x", defaults: gateway }, "openrouter", "acme/x"],
  ["its own prefix is taken off", { ref: "openrouter/acme/x", defaults: gateway }, "openrouter", "acme/x"],
  ["a colon leaves it", { ref: "anthropic:claude-x", defaults: gateway }, "anthropic", "claude-x"],
  ["-p leaves it", { provider: "anthropic", model: "claude-x", defaults: gateway }, "anthropic", "claude-x"],
  ["other defaults do not own a known slash", { ref: "groq/x", defaults: { provider: "together" } }, "groq", "x"],
  ["but an unknown one", { ref: "meta-llama/x", defaults: { provider: "together" } }, "together", "meta-llama/x"],
  ["default_provider with default_model", { defaults: { provider: "openrouter", model: "anthropic/x" } }, "openrouter", "anthropic/x"],
  ["default_model alone", { defaults: { provider: "auto", model: "groq/x" } }, "groq", "x"],
  ["-p of the default provider", { provider: "or", defaults: { provider: "openrouter", model: "a/b" } }, "openrouter", "a/b"],
  ["nothing", {}, "ollama", null],
  ["a local server without a model", { provider: "lmstudio" }, "lmstudio", null],
  ["a provider with a model of its own", { provider: "sim" }, "sim", "sim"],
  ["custom with -p", { provider: "custom:https://h/v1", model: "custom/x" }, "custom", "custom/x"],
  ["custom as the reference", { ref: "anthropic-custom:https://h", model: "m" }, "anthropic-custom", "m"],
  ["custom as default", { model: "m", defaults: { provider: "custom:https://h/v1" } }, "custom", "m"],
  ["custom with default_model", { defaults: { provider: "custom:https://h/v1", model: "a/b" } }, "custom", "a/b"],
];

for (const [what, options, provider, model] of CHOSEN) {
  test(`chooses: ${what}`, () => {
    const target = resolve({ env: {}, ...options });
    assert.deepEqual([target.provider, target.model], [provider, model]);
    assert.notEqual(target.rule, "");
  });
}

const REFUSED: readonly (readonly [what: string, options: Partial<ResolveOptions>, message: RegExp, advice: RegExp])[] = [
  ["an unknown slash", { ref: "grok2/x" }, /unknown provider "grok2".*grok/, /ollama:grok2\/x/],
  ["an unknown -p", { provider: "nobody-such", model: "x" }, /unknown provider/, /factory providers/],
  ["a provider to come", { ref: "copilot:gpt-5" }, /GitHub Copilot is not supported yet/, /openai/],
  ["a provider to come, with a slash", { ref: "azure/gpt-5" }, /Azure OpenAI is not supported yet/, /--host/],
  ["-p without a model", { provider: "groq" }, /Groq is named without a model/, /-p groq -m/],
  [
    "another provider's default_model is not taken",
    { provider: "groq", defaults: { provider: "xai", model: "x" } },
    /without a model/,
    /-m/,
  ],
  ["a URL without a model", { ref: "custom:https://h" }, /without a model/, /-m/],
  ["a bad URL", { provider: "custom:ftp://h", model: "x" }, /requires an http:\/\/ or https:\/\/ URL/, /-m/],
  ["custom with -p and no URL", { provider: "custom:", model: "x" }, /custom requires a URL/, /-m/],
  ["two models", { ref: "sonnet", model: "opus" }, /two models/, /one/],
  ["a route that is not there", { ref: "hint:fast" }, /no model route is named "fast"/, /model_routes/],
  ["a custom model that is not there", { ref: "custom:mine" }, /no entry of custom_models is named "mine"/, /custom:https/],
  ["a missing account", { provider: "cloudflare", model: "@cf/x" }, /needs CLOUDFLARE_ACCOUNT_ID/, /export CLOUDFLARE_ACCOUNT_ID/],
  ["a wire that it does not speak", { provider: "groq", model: "x", wire: "ollama-chat" }, /not known to speak ollama-chat/, /--host/],
  ["a bad --host", { model: "sonnet", host: "ftp://x" }, /--host/, /https:\/\/api\.example\.com/],
];

for (const [what, options, message, advice] of REFUSED) {
  test(`refuses: ${what}`, () => {
    assert.throws(
      () => resolve({ env: {}, ...options }),
      (error) => error instanceof UsageError && message.test(error.message) && advice.test(error.advice),
    );
  });
}

test("tells the rule, and the reference as it was written", () => {
  const { ref, rule } = resolve({ ref: "llama-x", env: { GROQ_API_KEY: "k" } });
  assert.deepEqual([ref, rule], ["llama-x", "the only provider that has a key (GROQ_API_KEY)"]);
  assert.equal(resolve({ env: {} }).ref, null);
});

const ADDRESSES: readonly (readonly [what: string, options: Partial<ResolveOptions>, baseUrl: string])[] = [
  ["the row's", { ref: "groq/x" }, "https://api.groq.com/openai/v1"],
  ["--host", { ref: "groq/x", host: "gpu-box:8000/v1" }, "http://gpu-box:8000/v1"],
  ["--host for Ollama", { host: "http://remote:11434" }, "http://remote:11434"],
  ["OLLAMA_HOST", { ref: "qwen3:14b", env: { OLLAMA_HOST: "0.0.0.0" } }, "http://127.0.0.1:11434"],
  ["ANTHROPIC_BASE_URL", { ref: "sonnet", env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9/" } }, "http://127.0.0.1:9"],
  ["--host over the variable", { ref: "gpt-4o", host: "http://a", env: { OPENAI_BASE_URL: "http://b" } }, "http://a"],
  ["a blank variable", { ref: "gpt-4o", env: { OPENAI_BASE_URL: " " } }, "https://api.openai.com/v1"],
  ["another wire's", { ref: "deepseek/x", wire: "anthropic-messages" }, "https://api.deepseek.com/anthropic"],
  ["any wire with --host", { ref: "groq/x", wire: "ollama-chat", host: "http://h" }, "http://h"],
  ["any wire for custom", { ref: "custom:https://h/", model: "x", wire: "ollama-chat" }, "https://h"],
  ["an account's", { ref: "cloudflare/x", env: { CLOUDFLARE_ACCOUNT_ID: "a1" } }, "https://api.cloudflare.com/client/v4/accounts/a1/ai/v1"],
];

for (const [what, options, baseUrl] of ADDRESSES) {
  test(`address: ${what}`, () => assert.equal(resolve({ env: {}, ...options }).baseUrl, baseUrl));
}

test("the simulator speaks every wire", () => {
  for (const wire of ["openai-chat", "anthropic-messages", "ollama-chat"] as const) {
    const target = resolve({ ref: "sim/demo", wire, host: "http://127.0.0.1:1", env: {} });
    assert.deepEqual([target.wire, target.baseUrl, target.keyProblem, target.facts.tools], [wire, "http://127.0.0.1:1", null, "native"]);
  }
});

test("headers carry the row's own and the key", () => {
  assert.deepEqual(resolve({ ref: "openrouter/a/b", token: "sk-or-1234567890", env: {} }).headers, {
    "x-title": "factory",
    authorization: "Bearer sk-or-1234567890",
  });
  assert.deepEqual(resolve({ ref: "sonnet", env: { ANTHROPIC_API_KEY: "k" } }).headers, { "x-api-key": "k" });
  assert.deepEqual(resolve({ ref: "zen/claude-x", env: { OPENCODE_API_KEY: "k" } }).headers, { "x-api-key": "k" });
  assert.deepEqual(resolve({ ref: "zen/glm-x", env: { OPENCODE_API_KEY: "k" } }).headers, { authorization: "Bearer k" });
});

test("a missing key and another provider's key are problems, not errors, and the latter is not in the headers", () => {
  const missing = resolve({ ref: "groq/x", env: {} });
  assert.deepEqual([missing.key, missing.keyProblem?.kind, missing.keyVariables], [null, "auth", ["GROQ_API_KEY"]]);
  const foreign = resolve({ ref: "groq/x", token: "sk-ant-api03-secret", env: {} });
  assert.match(foreign.keyProblem?.message ?? "", /Anthropic, not of Groq/);
  assert.deepEqual(foreign.headers, {});
});

test("a model's own rule adds to the row's quirks and may change the wire", () => {
  assert.deepEqual(resolve({ ref: "o3-mini", env: {} }).quirks, {
    maxTokensField: "max_completion_tokens",
    temperature: "drop",
    parallelToolCalls: "drop",
  });
  assert.equal(resolve({ ref: "gpt-5.5", env: {} }).quirks.parallelToolCalls, undefined);
  assert.equal(resolve({ ref: "gpt-4o", env: {} }).quirks.temperature, undefined);
  assert.equal(resolve({ ref: "claude-sonnet-4-6", env: {} }).quirks.temperature, undefined);
  assert.equal(resolve({ ref: "claude-opus-4-8", env: {} }).quirks.temperature, "drop");
  assert.equal(resolve({ ref: "zen/claude-x", env: {} }).wire, "anthropic-messages");
  assert.equal(resolve({ ref: "zen/glm-x", env: {} }).wire, "openai-chat");
});
