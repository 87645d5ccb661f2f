import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isObject, type JsonObject } from "#base/json.ts";
import { ROOT, assertTold, openPlace, runFactory, type Owner, type Ran, type RunOptions } from "#test/run-factory.ts";

/** Each of the five shapes, as its own document writes it, decides what `factory explain` says. */

const CONCURRENTLY = { concurrency: 4 };

type Env = Readonly<Record<string, string>>;

const fixture = (name: string): string => join(ROOT, "fixtures/config", name);

/** `file`: a fixture's name, or the text of a configuration in TOML. */
async function factory(owner: Owner, file: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const place = await openPlace(owner);
  const path = /^[\w.-]+$/.test(file) ? fixture(file) : join(place.root, "own.toml");
  if (path !== fixture(file)) await writeFile(path, file);
  return runFactory(place, [...args, "--config", path], options);
}

/** What `explain --json` says; nothing else is said. */
async function explain(owner: Owner, file: string, args: readonly string[], env: Env = {}) {
  const { code, stdout, stderr } = await factory(owner, file, ["explain", ...args, "--json"], { env });
  assert.deepEqual([code, stderr], [0, ""]);
  const said: unknown = JSON.parse(stdout);
  assert.ok(isObject(said));
  return said;
}

const leadsTo = ({ provider, model, wire, baseUrl }: JsonObject | Record<string, unknown>) => [provider, model, wire, baseUrl];

describe("seed 000: keys with labels", CONCURRENTLY, () => {
  test("the first is used, and the others are named and not shown", async (t) => {
    const { key } = await explain(t, "000-keys.json", ["openai/gpt-5"]);
    assert.deepEqual(key, { source: "configuration", name: "keys.openai (work)", last4: "work" });
    const { code, stdout } = await factory(t, "000-keys.json", ["explain", "openai/gpt-5"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Key +keys\.openai \(work\) \(configuration\), ends in work$/m);
    assert.match(stdout, /^Passed over +keys\.openai \(home\) \(configuration\)$/m);
    assert.doesNotMatch(stdout, /sk-proj/);
  });

  test("a key without a label is told by its place, and brings its account", async (t) => {
    const { key, baseUrl } = await explain(t, "000-keys.json", ["workersai/@cf/x"]);
    // Of so short a key nothing is shown.
    assert.deepEqual(key, { source: "configuration", name: "keys.workersai (1)", last4: "" });
    assert.match(String(baseUrl), /\/accounts\/abc\//);
  });

  test("--token is used before the environment, the environment before the configuration", async (t) => {
    const args = ["explain", "openai/gpt-5"];
    const env = { OPENAI_API_KEY: "sk-proj-environment" };
    const byEnv = await factory(t, "000-keys.json", args, { env });
    assert.match(byEnv.stdout, /^Key +OPENAI_API_KEY \(environment\), ends in ment$/m);
    const { stdout } = await factory(t, "000-keys.json", [...args, "--token", "sk-proj-by-flag"], { env });
    assert.match(stdout, /^Key +--token \(flag\), ends in flag$/m);
    assert.match(
      stdout.replaceAll(/\s+/g, " "),
      /Passed over OPENAI_API_KEY \(environment\), keys\.openai \(work\) \(configuration\), keys\.openai/,
    );
  });

  test("a key of another provider is told before it is sent", async (t) => {
    const config = '[[keys.groq]]\ntoken = "sk-ant-0123456789"\n';
    const { code, stdout } = await factory(t, config, ["explain", "groq/x"]);
    assert.equal(code, 0);
    assert.match(stdout.replaceAll(/\s+/g, " "), /not usable: the key from keys\.groq \(1\) starts with sk-ant-: it is one of Anthropic/);
    const sent = await factory(t, config, ["exec", "-m", "groq/x", "hi"]);
    assertTold(sent, { code: 3, what: /one of Anthropic, not of Groq, and is not sent/, todo: /-p anthropic/ });
  });
});

const ENDPOINT = `
[[endpoints]]
label = "lab"
base_url = "http://10.0.0.5:8000/v1/"
api_key = "lab-key-0123456789"
default_model = "qwen3-coder"
[endpoints.models.qwen3-coder]
context_tokens = 65536
tools = "none"
protocol = "anthropic-messages"
`;

describe("seed 001: phases, profiles, endpoints", CONCURRENTLY, () => {
  for (const [ref, provider] of [
    ["sonnet", "anthropic"],
    ["ollama:qwen3:14b", "ollama"],
    ["copilot:gpt-5", "copilot"],
    ["gpt-4o", "openai"],
    ["gemini-2.5-pro", "gemini"],
  ] as const) {
    test(`beside models of the phases, ${ref} is ${provider}'s`, async (t) => {
      assert.equal((await explain(t, "001-phase-models.json", [ref]))["provider"], provider);
    });
  }

  for (const [phase, ...route] of [
    ["spec", "anthropic", "claude-sonnet-5-5"],
    ["planning", "anthropic", "claude-opus-5-5"],
    ["coding", "ollama", "qwen3:14b"],
    ["qa_fixer", "anthropic", "claude-sonnet-5-5"],
  ] as const) {
    test(`the phase ${phase} has its model`, async (t) => {
      const { provider, model, rule } = await explain(t, "001-phase-models.json", ["--phase", phase]);
      assert.deepEqual([provider, model], route);
      assert.match(String(rule), new RegExp(`^phase_models\\.${phase}; `));
    });
  }

  const PROFILES = `
default_model = "anthropic/claude-opus-5-5"
[agents.defaults]
vision_model = "gpt-4o"
vision_provider = "openrouter"
[phase_models]
coding = ""
qa = "sonnet"
[profiles.thrifty]
model = "groq/llama-3.3-70b-versatile"
[profiles.thrifty.phase_models]
qa = "deepseek/deepseek-chat"
`;
  for (const [args, provider, model, rule] of [
    [[], "anthropic", "claude-opus-5-5", /^default_|names the provider/],
    [["--phase", "coding"], "anthropic", "claude-opus-5-5", /names the provider/],
    [["--phase", "qa"], "anthropic", "claude-sonnet-5-5", /^phase_models\.qa; /],
    [["--profile", "thrifty"], "groq", "llama-3.3-70b-versatile", /^profiles\.thrifty; /],
    [["--profile", "thrifty", "--phase", "qa"], "deepseek", "deepseek-chat", /^phase_models\.qa; /],
    [["--profile", "thrifty", "--phase", "coding"], "groq", "llama-3.3-70b-versatile", /^profiles\.thrifty; /],
    [["--profile", "thrifty", "haiku"], "anthropic", "claude-haiku-5-5", /current Haiku/],
    [["--role", "vision"], "openrouter", "gpt-4o", /^agents\.defaults\.vision_model, with its provider$/],
    [["--role", "image"], "anthropic", "claude-opus-5-5", /names the provider/],
  ] as const) {
    test(`with phases, roles and a profile: ${["explain", ...args].join(" ")}`, async (t) => {
      const said = await explain(t, PROFILES, args);
      assert.deepEqual([said["provider"], said["model"]], [provider, model]);
      assert.match(String(said["rule"]), rule);
    });
  }

  test("the profile that the file names counts without a flag", async (t) => {
    assert.equal((await explain(t, `profile = "thrifty"\n${PROFILES}`, []))["provider"], "groq");
  });

  test("a profile, a phase and a role that are not there", async (t) => {
    const told = (args: readonly string[]) => factory(t, PROFILES, ["explain", ...args]);
    assertTold(await told(["--profile", "thrift"]), { code: 2, what: /there is no profile "thrift"/, todo: /config get profiles/ });
    assertTold(await told(["--phase", "code"]), { code: 2, what: /--phase does not take "code"/, todo: /spec, planning, coding/ });
    assertTold(await told(["--role", "seeing"]), { code: 2, what: /--role does not take/, todo: /vision/ });
  });

  for (const separator of [":", "/"]) {
    test(`lab${separator}<model> is the endpoint's`, async (t) => {
      const said = await explain(t, ENDPOINT, [`lab${separator}qwen3:14b`]);
      assert.deepEqual(leadsTo(said), ["lab", "qwen3:14b", "openai-chat", "http://10.0.0.5:8000/v1"]);
      assert.deepEqual(said["key"], { source: "configuration", name: "endpoints (lab)", last4: "6789" });
    });
  }

  test("the label alone means its default model; what is said of that goes before all else", async (t) => {
    const said = await explain(t, ENDPOINT, ["-p", "lab"]);
    assert.deepEqual(leadsTo(said), ["lab", "qwen3-coder", "anthropic-messages", "http://10.0.0.5:8000/v1"]);
    const { facts } = said;
    assert.ok(isObject(facts) && isObject(facts["origins"]));
    assert.deepEqual([facts["contextTokens"], facts["tools"]], [65_536, "none"]);
    assert.deepEqual(facts["origins"]["contextTokens"], { origin: "configuration", confidence: "high" });
    const { stdout } = await factory(t, ENDPOINT, ["explain", "-p", "lab"]);
    assert.match(stdout, /contextTokens 65536 \(configuration, high\)/);
  });

  test("several keys of an endpoint stand under its label", async (t) => {
    const { key } = await explain(t, `${ENDPOINT.replace(/^api_key.*\n/m, "")}[[keys.lab]]\nlabel = "a"\ntoken = "lab-key-0123456789"\n`, [
      "lab:x",
    ]);
    assert.deepEqual(key, { source: "configuration", name: "keys.lab (a)", last4: "6789" });
  });
});

describe("seed 002: the default provider and routes", CONCURRENTLY, () => {
  test("the small example", async (t) => {
    const said = await explain(t, "002-default.toml", [], { OPENROUTER_API_KEY: "sk-or-0123456789" });
    assert.deepEqual(leadsTo(said), ["openrouter", "anthropic/claude-sonnet-4.6", "openai-chat", "https://openrouter.ai/api/v1"]);
    assert.equal(said["rule"], "default_provider with default_model");
  });

  test("the whole example: the top-level key goes first, api_keys follow and may lack their variables", async (t) => {
    const env = { OPENROUTER_KEY: "sk-or-0123456789" };
    const { key, provider, model } = await explain(t, "002-routing.toml", [], env);
    assert.deepEqual([provider, model], ["openrouter", "anthropic/claude-sonnet-4.6"]);
    assert.deepEqual(key, { source: "configuration", name: "api_key", last4: "6789" });
    const { stdout } = await factory(t, "002-routing.toml", ["explain"], { env });
    assert.match(stdout.replaceAll(/\s+/g, " "), /Passed over reliability\.api_keys \(1\) \(configuration\), reliability\.api_keys \(2\)/);
  });

  test("a model whose name begins as a route's hint is routed, with the route's key", async (t) => {
    const said = await explain(t, "002-routing.toml", ["claude-opus-4-7"], { ANTHROPIC_KEY: "sk-ant-0123456789" });
    assert.deepEqual([said["provider"], said["model"], said["rule"]], ["anthropic", "claude-opus-4-7", 'the model route "claude-"']);
    assert.deepEqual(said["key"], { source: "configuration", name: "model_routes (claude-)", last4: "6789" });
  });

  test("a variable that is not set hurts only who needs it", async (t) => {
    const { provider } = await explain(t, "002-routing.toml", ["groq/x"], { OPENROUTER_KEY: "sk-or-0123456789" });
    assert.equal(provider, "openrouter", "a slash belongs to a gateway");
    assert.equal((await explain(t, "002-routing.toml", ["-p", "groq", "-m", "x"]))["provider"], "groq");
    const needed = await factory(t, "002-routing.toml", ["explain"]);
    assertTold(needed, { code: 2, what: /OPENROUTER_KEY is not set; api_key \(.*002-routing\.toml:3\)/, todo: /export OPENROUTER_KEY/ });
    const defaults = 'default_provider = "openai"\ndefault_model = "${UNSET}"\n';
    assert.equal((await explain(t, defaults, ["-m", "gpt-5"]))["model"], "gpt-5");
  });

  test("hint:<name> takes a route by its name, with its own model", async (t) => {
    const route = `${ENDPOINT}[[model_routes]]\nhint = "reasoning"\nprovider = "lab"\nmodel = "deep"\napi_key = "route-key-0123"\n`;
    const said = await explain(t, route, ["hint:reasoning"]);
    assert.deepEqual([said["provider"], said["model"]], ["lab", "deep"]);
    assert.deepEqual(said["key"], { source: "configuration", name: "model_routes (reasoning)", last4: "0123" });
    assertTold(await factory(t, route, ["explain", "hint:fast"]), {
      code: 2,
      what: /no model route is named "fast"/,
      todo: /model_routes/,
    });
  });

  test("the longest of several hints counts, with its key", async (t) => {
    const route = (hint: string, key: string) => `[[model_routes]]\nhint = "${hint}"\nprovider = "openrouter"\napi_key = "${key}"\n`;
    const { key } = await explain(t, route("claude-", "sk-or-01234567aaaa") + route("claude-opus", "sk-or-01234567bbbb"), [
      "claude-opus-4-7",
    ]);
    assert.deepEqual(key, { source: "configuration", name: "model_routes (claude-opus)", last4: "bbbb" });
  });

  for (const [name, slug] of [
    ["google-gemini", "gemini"],
    ["grok", "xai"],
    ["kimi-k3", "moonshot"],
    ["openrouter", "openrouter"],
  ] as const) {
    test(`default_provider = "${name}" is ${slug}, and the top-level key is its`, async (t) => {
      const { provider, model, key } = await explain(
        t,
        `default_provider = "${name}"\ndefault_model = "x"\napi_key = "key-0123456789"\n`,
        [],
      );
      assert.deepEqual([provider, model], [slug, "x"]);
      assert.deepEqual(key, { source: "configuration", name: "api_key", last4: "6789" });
    });
  }

  for (const [scheme, wire] of [
    ["custom", "openai-chat"],
    ["anthropic-custom", "anthropic-messages"],
  ] as const) {
    test(`${scheme}:<url> as the default, its key for that address alone`, async (t) => {
      const config = `default_provider = "${scheme}:https://my-llm.example.com/v1"\napi_key = "key-0123456789"\n`;
      const said = await explain(t, config, ["-m", "x"]);
      assert.deepEqual(leadsTo(said), [scheme, "x", wire, "https://my-llm.example.com/v1"]);
      assert.deepEqual(said["key"], { source: "configuration", name: "api_key", last4: "6789" });
      const other = await explain(t, config, ["-p", `${scheme}:https://other.example.com`, "-m", "x"]);
      assert.deepEqual([other["baseUrl"], other["key"]], ["https://other.example.com", null]);
    });
  }

  test("api_url replaces the default provider's address, and no other's", async (t) => {
    const config = 'default_provider = "groq"\napi_url = "https://proxy.example.com/v1"\n';
    assert.equal((await explain(t, config, ["-m", "x"]))["baseUrl"], "https://proxy.example.com/v1");
    assert.equal((await explain(t, config, ["mistral/x"]))["baseUrl"], "https://api.mistral.ai/v1");
  });
});

describe("seed 003: custom models", CONCURRENTLY, () => {
  for (const [ref, ...expected] of [
    ["Sonnet 4.5 [BYOK]", "claude-sonnet-4-5-20250929", "anthropic-messages", "https://api.anthropic.com"],
    ["gpt-5-codex", "gpt-5-codex", "openai-responses", "https://api.openai.com/v1"],
    ["custom:Qwen local", "qwen3:4b", "openai-chat", "http://localhost:11434/v1"],
    ["custom:qwen3:4b", "qwen3:4b", "openai-chat", "http://localhost:11434/v1"],
    ["qwen3:4b", "qwen3:4b", "openai-chat", "http://localhost:11434/v1"],
  ] as const) {
    test(`${ref} is an entry`, async (t) => {
      const said = await explain(t, "003-custom-models.json", [ref]);
      assert.deepEqual(leadsTo(said).slice(1), expected);
      assert.deepEqual([said["rule"], isObject(said["key"]) && said["key"]["name"]], ["an entry of custom_models", "custom_models"]);
    });
  }

  test("max_tokens is what is sent and what is known", async (t) => {
    const { quirks, facts } = await explain(t, "003-custom-models.json", ["qwen3:4b"]);
    assert.deepEqual(quirks, { defaultMaxTokens: 8192 });
    assert.equal(isObject(facts) && facts["maxOutputTokens"], 8192);
  });

  test("the current names: import carries the file over, and its model is the default", async (t) => {
    const refused = await factory(t, "003-current.json", ["explain"]);
    assertTold(refused, { code: 2, what: /003-current\.json:2: model is no key/, todo: /config check/ });
    const { stdout: toml } = await runFactory(await openPlace(t), ["config", "import", fixture("003-current.json")]);
    const said = await explain(t, toml, [], { QWEN_KEY: "key-0123456789" });
    assert.deepEqual(leadsTo(said), ["Qwen local", "qwen3:4b", "openai-chat", "http://localhost:11434/v1"]);
    assert.deepEqual(said["key"], { source: "configuration", name: "custom_models", last4: "6789" });
    assert.deepEqual(said["quirks"], { defaultMaxTokens: 8192 });
    assert.ok(isObject(said["facts"]) && isObject(said["facts"]["origins"]));
    assert.equal(said["facts"]["vision"], false);
    assert.deepEqual(said["facts"]["origins"]["vision"], { origin: "configuration", confidence: "high" });
  });

  test("an entry called what a provider is called takes nothing of that provider", async (t) => {
    const entry = 'model_display_name = "groq"\nmodel = "m"\nbase_url = "https://h.example.com/v1"\napi_key = "entry-key-0123"\n';
    const config = `[providers.groq]\napi_key = "gsk_0123456789abcd"\n[[custom_models]]\n${entry}provider = "openai"\n`;
    const { stdout } = await factory(t, config, ["explain", "custom:groq"]);
    assert.match(stdout, /^Key +custom_models \(configuration\), ends in 0123$/m);
    assert.doesNotMatch(stdout, /Passed over/);
    assert.deepEqual((await explain(t, config, ["groq/m"]))["key"], {
      source: "configuration",
      name: "providers.groq.api_key",
      last4: "abcd",
    });
  });

  test("another type of provider is told in the document's words", async (t) => {
    const entry = '[[custom_models]]\nmodel = "m"\nbase_url = "https://h.example.com"\napi_key = "k"\nprovider = "Anthropic"\n';
    const { code, stdout, stderr } = await factory(t, entry, ["explain", "m"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(
      stderr,
      /own\.toml:5: .*Invalid provider\. Provider must be exactly `anthropic`, `openai`, or `generic-chat-completion-api`/,
    );
  });
});

describe("seed 004: providers and agents", CONCURRENTLY, () => {
  /** The example without what belongs to another program; import leaves that out, and tells of it. */
  async function imported(owner: Owner): Promise<string> {
    const { code, stdout } = await runFactory(await openPlace(owner), ["config", "import", fixture("004-providers.json")]);
    assert.equal(code, 0);
    return stdout;
  }

  test("what belongs to another program is told with its place", async (t) => {
    const refused = await factory(t, "004-providers.json", ["explain"]);
    assertTold(refused, { code: 2, what: /004-providers\.json:16: channels is no key/, todo: /config check/ });
  });

  test("the default model with the provider `auto`", async (t) => {
    const { provider, model } = await explain(t, await imported(t), []);
    assert.deepEqual([provider, model], ["anthropic", "claude-opus-4-7"]);
  });

  test("a provider forces its model", async (t) => {
    const forced = '[agents.defaults]\nmodel = "anthropic/claude-opus-4-7"\nprovider = "openrouter"\n';
    const { provider, model } = await explain(t, forced, []);
    assert.deepEqual([provider, model], ["openrouter", "anthropic/claude-opus-4-7"]);
  });

  test("apiKey and apiBase, by the provider's other spellings too", async (t) => {
    const config = await imported(t);
    const azure = await explain(t, config, ["-p", "azure_openai", "-m", "my-deployment"], { WHO: "me" });
    assert.match(String(azure["baseUrl"]), /^https:\/\/me\.openai\.azure\.com/);
    assert.equal(azure["model"], "my-deployment");
    assert.deepEqual(azure["key"], { source: "configuration", name: "providers.azure-openai.api_key", last4: "" });
    const byteplus = await explain(t, config, ["byteplus_coding_plan/x"]);
    assert.deepEqual([byteplus["model"], byteplus["baseUrl"]], ["x", "https://ark.ap-southeast.bytepluses.com/api/coding/v3"]);
  });

  test("the quickstart's variables", async (t) => {
    const env = { FACIO_MODEL: "openai/gpt-4o", FACIO_PROVIDERS__OPENAI__API_KEY: "sk-proj-facio-0123" };
    const { stdout, code } = await runFactory(await openPlace(t), ["explain", "--json"], { env });
    const { provider, model, key } = JSON.parse(stdout);
    assert.deepEqual([code, provider, model], [0, "openai", "gpt-4o"]);
    assert.equal(key.last4, "0123");
  });
});
