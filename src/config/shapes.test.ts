import assert from "node:assert/strict";
import { mkdtemp, rm, copyFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { importConfig } from "#config/import.ts";
import { loadConfig, printProblem } from "#config/load.ts";
import { mainRoute, phasesOf, roleRoute } from "#config/main-route.ts";

/** Each of the five shapes, as its own documentation writes it, read as it is. */

const fixture = (name: string): string => join(import.meta.dirname, "../../fixtures/config", name);

async function load(t: TestContext, name: string, env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), "factory-shape-"));
  t.after(() => rm(home, { recursive: true }));
  await copyFile(fixture(name), join(home, name.endsWith(".toml") ? "config.toml" : "config.json"));
  return loadConfig({ home, cwd: "/", env });
}

test("keys with labels, and the rotation chain", async (t) => {
  const { config, problems } = await load(t, "000-keys.json");
  assert.deepEqual(problems, []);
  assert.deepEqual(
    config.keys["openai"]?.map(({ label, token }) => [label, token.value()]),
    [
      ["work", "sk-proj-work"],
      ["home", "sk-proj-home"],
    ],
  );
  assert.deepEqual(config.keys["workersai"]?.[0]?.extras?.value(), { accountId: "abc" });
  assert.deepEqual(
    config.agent.rotation.default.map((each) => each.value()),
    ["openai:gpt-5", "ollama:qwen2.5-coder"],
  );
  assert.equal(config.agent.rotation.overrides["openai:gpt-5"]?.[0]?.value(), "copilot:gpt-4.1");
});

test("models of the phases, verbatim", async (t) => {
  const { config, problems } = await load(t, "001-phase-models.json");
  assert.deepEqual(problems, []);
  assert.deepEqual(
    Object.entries(phasesOf(config).phase_models).map(([phase, model]) => [phase, model.value()]),
    [
      ["spec", "sonnet"],
      ["planning", "opus"],
      ["coding", "ollama:qwen3:14b"],
      ["qa", "sonnet"],
      ["qa_fixer", "sonnet"],
    ],
  );
  assert.equal(config.phase_thinking.planning, "high");
});

test("default provider and routing, verbatim", async (t) => {
  const small = await load(t, "002-default.toml", { OPENROUTER_API_KEY: "sk-or-1" });
  assert.deepEqual(small.problems, []);
  assert.equal(small.config.api_key?.value(), "sk-or-1");
  assert.equal(small.config.api_url?.value(), "https://openrouter.ai/api/v1");

  const { config, problems, originOf } = await load(t, "002-routing.toml", { KEY_2: "second" });
  assert.deepEqual(problems, []);
  assert.equal(config.default_model?.value(), "anthropic/claude-sonnet-4.6");
  const { provider_retries, provider_backoff_ms, fallback_providers, api_keys, model_fallbacks } = config.reliability;
  assert.deepEqual([provider_retries, provider_backoff_ms], [2, 500]);
  assert.deepEqual(
    fallback_providers.map((each) => each.value()),
    ["anthropic", "openai"],
  );
  assert.equal(api_keys[1]?.value(), "second");
  assert.throws(() => api_keys[0]?.value(), /variable KEY_1 is not set; reliability\.api_keys\[0\] \(.*config\.toml:8\) needs it/);
  assert.deepEqual(
    model_fallbacks["anthropic/claude-sonnet-4.6"]?.map((each) => each.value()),
    ["anthropic/claude-haiku-4.5", "openai/gpt-4o"],
  );
  const [route] = config.model_routes;
  assert.deepEqual([route?.hint, route?.provider.value(), route?.api_key?.written], ["claude-", "anthropic", "${ANTHROPIC_KEY}"]);
  assert.equal(originOf('reliability.model_fallbacks."anthropic/claude-sonnet-4.6"')?.kind, "file");
});

test("an address as the default provider", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "factory-shape-"));
  t.after(() => rm(home, { recursive: true }));
  await writeFile(join(home, "config.toml"), 'default_provider = "anthropic-custom:https://my-anthropic-proxy.example.com"\n');
  const { config, problems } = await loadConfig({ home, cwd: "/", env: {} });
  assert.deepEqual(problems, []);
  assert.equal(config.default_provider?.value(), "anthropic-custom:https://my-anthropic-proxy.example.com");
});

test("custom models: old names, comments and trailing commas", async (t) => {
  const { config, problems } = await load(t, "003-custom-models.json");
  assert.deepEqual(problems, []);
  assert.deepEqual(
    config.custom_models.map(({ model_display_name, provider, max_tokens }) => [model_display_name, provider, max_tokens]),
    [
      ["Sonnet 4.5 [BYOK]", "anthropic", 8192],
      ["GPT-5 Codex", "openai", 16384],
      ["Qwen local", "generic-chat-completion-api", 8192],
    ],
  );
});

test("custom models: current names, and what else stands in that file", async (t) => {
  const { config, problems } = await load(t, "003-current.json", { QWEN_KEY: "k" });
  const [model] = config.custom_models;
  assert.equal(model?.model_display_name, "Qwen local");
  assert.equal(model.api_key.value(), "k");
  assert.deepEqual([model.max_tokens, model.no_image_support], [8192, true]);
  assert.deepEqual(model.extra_body?.value(), { temperature: 0.5 });
  assert.equal(model.extra_headers?.["X-Team"]?.value(), "blue");
  assert.deepEqual(
    problems.map(({ path }) => path),
    ["model", "diffMode"],
  );
});

test("a custom model of another type is told in its own words, with the near one", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "factory-shape-"));
  t.after(() => rm(home, { recursive: true }));
  const entry = { model: "m", base_url: "https://h/v1", api_key: "", provider: "Anthropic", max_tokens: 1 };
  await writeFile(join(home, "config.json"), JSON.stringify({ custom_models: [entry] }));
  const { config, problems } = await loadConfig({ home, cwd: "/", env: {} });
  assert.deepEqual(config.custom_models, []);
  const told = problems.map(printProblem).join("\n");
  assert.match(told, /custom_models\[0\]\.api_key must not be empty/);
  assert.match(
    told,
    /Invalid provider\. Provider must be exactly `anthropic`, `openai`, or `generic-chat-completion-api`, not "Anthropic"/,
  );
});

test("providers and agents, camelCase and null", async (t) => {
  const loaded = await load(t, "004-providers.json", { WHO: "me" });
  const { config, problems } = loaded;
  assert.deepEqual(
    problems.map(({ path }) => path),
    ["channels"],
  );
  const azure = config.providers["azure-openai"];
  assert.equal(azure?.api_base?.value(), "https://me.openai.azure.com");
  assert.deepEqual(azure.extra_body?.value(), { user: "me" });
  assert.equal(config.providers["byteplus-coding-plan"]?.api_key?.value(), "bp-key");
  assert.equal(config.providers["openrouter"]?.api_base, undefined);
  assert.deepEqual(Object.keys(mainRoute(loaded)), ["model"], "`auto` is no provider");
  assert.equal(mainRoute(loaded).model?.value(), "anthropic/claude-opus-4-7");
  assert.deepEqual(roleRoute(config, "subagent"), {});
  assert.equal(roleRoute(config, "vision").provider?.value(), "openrouter");
});

test("the quickstart's variables", async () => {
  const env = { FACIO_MODEL: "openai/gpt-4o", FACIO_PROVIDERS__GROQ__API_KEY: "gsk_x", FACIO_LOGGING: "loud" };
  const loaded = await loadConfig({ cwd: "/", env });
  assert.deepEqual(loaded.problems, []);
  assert.equal(mainRoute(loaded).model?.value(), "openai/gpt-4o");
  assert.equal(loaded.config.providers["groq"]?.api_key?.value(), "gsk_x");
});

test("import carries every shape over, and what it prints is read again the same", async (t) => {
  const lost: Record<string, readonly string[]> = { "003-current.json": ["diffMode"], "004-providers.json": ["channels"] };
  for (const name of [
    "000-keys.json",
    "001-phase-models.json",
    "002-routing.toml",
    "003-custom-models.json",
    "003-current.json",
    "004-providers.json",
  ]) {
    const { toml, notCarried } = await importConfig(fixture(name), {});
    assert.deepEqual(
      notCarried.map(({ path }) => path),
      lost[name] ?? [],
      name,
    );
    const home = await mkdtemp(join(tmpdir(), "factory-shape-"));
    t.after(() => rm(home, { recursive: true }));
    await writeFile(join(home, "config.toml"), toml);
    const again = await loadConfig({ home, cwd: "/", env: {} });
    assert.deepEqual(again.problems, [], `${name}\n${toml}`);
    assert.equal((await importConfig(join(home, "config.toml"), {})).toml, toml);
  }
});

test("import moves what other programs keep elsewhere", async (t) => {
  const home = await mkdtemp(join(tmpdir(), "factory-shape-"));
  t.after(() => rm(home, { recursive: true }));
  const file = join(home, "old.json");
  await writeFile(file, JSON.stringify({ openaiToken: "sk-1", model: "opus", thinkingLevel: "high" }));
  const { toml, notCarried } = await importConfig(file, {});
  assert.equal(toml, 'default_model = "opus"\n\n[[keys.openai]]\ntoken = "sk-1"\n');
  assert.match(notCarried.map(({ path, why }) => `${path}: ${why}`).join(), /^thinkingLevel: set the phases one by one/);
});
