import assert from "node:assert/strict";
import { test } from "node:test";
import { BARE_NAMES } from "#providers/bare-names.ts";
import { FAMILIES, findProvider } from "#providers/find.ts";
import { KEY_PREFIXES } from "#providers/keys.ts";
import { ROWS, DEFAULT_PROVIDER, allProviders } from "#providers/rows.ts";
import { CHINA } from "#providers/rows/china.ts";
import { CLOUDS } from "#providers/rows/clouds.ts";
import { FURTHER } from "#providers/rows/further.ts";
import { GATEWAYS } from "#providers/rows/gateways.ts";
import { HOSTED } from "#providers/rows/hosted.ts";
import { LOCAL } from "#providers/rows/local.ts";
import { MAKERS } from "#providers/rows/makers.ts";
import { QWEN_ROWS } from "#providers/rows/qwen.ts";
import { SIGN_IN } from "#providers/rows/sign-in.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

test("no two rows share a slug or an alias", () => {
  const slugs = [MAKERS, HOSTED, CLOUDS, GATEWAYS, SIGN_IN, CHINA, QWEN_ROWS, FURTHER, LOCAL].flatMap((rows) => Object.keys(rows));
  assert.equal(slugs.length, Object.keys(ROWS).length);
  const names = [...slugs, ...Object.values(ROWS).flatMap(({ aliases }) => aliases)];
  assert.deepEqual(
    names.filter((name, at) => names.indexOf(name) !== at),
    [],
  );
  assert.deepEqual(
    names.filter((name) => !/^[a-z0-9][a-z0-9.-]*$/.test(name)),
    [],
  );
});

test("every provider of the five documents is there", () => {
  const named = `anthropic claude cerebras codestral cohere googleaistudio gemini groq huggingface hf llamacpp mistral ollama openai oai
    opencodezen openrouter or vercel workersai google google-gemini venice vercel-ai cloudflare cloudflare-ai kimi-code synthetic opencode
    opencode-zen xai grok deepseek together together-ai fireworks fireworks-ai perplexity lmstudio lm-studio llama.cpp nvidia nvidia-nim
    astrai ovhcloud ovh moonshot kimi glm zhipu bigmodel minimax minimaxi qwen dashscope zai z.ai qianfan baidu doubao volcengine ark
    vllm localai baseten deepinfra byteplus byteplus_coding_plan opencode_go sim
    copilot github-copilot openai-codex openai_codex codex azure_openai azure bedrock aws-bedrock vertex minimax-oauth minimax-oauth-cn
    minimax-portal minimax-portal-cn qwen-oauth qwen-code ollama-cloud sglang`;
  assert.deepEqual(
    named.split(/\s+/).filter((name) => findProvider(name) === undefined),
    [],
  );
});

for (const { slug, row } of allProviders()) {
  test(`the row of ${slug} is sound`, () => {
    const surfaces = Object.values(row.surfaces ?? {});
    for (const base of [row, ...surfaces, ...(row.variants ?? [])].map(({ baseUrl }) => baseUrl)) {
      const { protocol, hostname } = new URL(base.replaceAll(/\$\{[\w|]+\}/g, "x"));
      assert.equal(protocol, hostname === "127.0.0.1" ? "http:" : "https:", base);
      assert.ok(!base.endsWith("/"), base);
    }
    assert.ok(WIRE_NAMES.includes(row.wire));
    assert.ok(row.surfaces?.[row.wire] === undefined, "the row's own wire stands in baseUrl");
    for (const { wire } of [...(row.models ?? []), ...(row.variants ?? [])]) {
      assert.ok(wire === undefined || wire === row.wire || row.surfaces?.[wire] !== undefined);
    }
    if (row.auth.scheme === "login") assert.match(row.auth.how, /-p [a-z]/, "a sign-in says what to do instead");
    assert.equal(row.kind === "local", row.startHint !== undefined, "local servers, and only they, say how they are started");
    if (row.auth.scheme !== "none")
      assert.deepEqual(
        row.auth.env.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name)),
        [],
      );
    if (row.keyUrl !== undefined) assert.equal(new URL(row.keyUrl).protocol, "https:");
    for (const name of Object.keys(row.headers ?? {})) assert.equal(name, name.toLowerCase());
  });
}

test("every table that names a provider names one that has a row", () => {
  const slugs = [
    ...FAMILIES.map(({ slug }) => slug),
    ...BARE_NAMES.map(({ provider }) => provider),
    ...KEY_PREFIXES.map(({ slug }) => slug),
  ];
  assert.deepEqual(
    [...slugs, DEFAULT_PROVIDER].filter((slug) => ROWS[slug] === undefined),
    [],
  );
});
