import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertTold, noSandbox, openPlace, runFactory, withReadOnly } from "#test/run-factory.ts";

test("set, get, path and check", async (t) => {
  const place = await openPlace(t);
  const file = join(place.factoryHome, "config.toml");
  for (const words of [
    ["default_model", "opus"],
    ["reliability.providerRetries", "3"],
    ["providers.openai.api_key", "sk-proj-very-secret-1"],
    ["reliability.fallback_providers", "groq,openai"],
  ]) {
    const ran = await runFactory(place, ["config", "set", ...words]);
    assert.deepEqual([ran.code, ran.stderr], [0, ""]);
  }
  assert.match(
    await readFile(file, "utf8"),
    /^default_model = "opus"\n\n\[reliability\]\nprovider_retries = 3\nfallback_providers = \["groq", "openai"\]\n/,
  );
  assert.equal((await runFactory(place, ["config", "get", "reliability.provider_retries"])).stdout, "3\n");
  assert.equal((await runFactory(place, ["config", "get", "reliability.breaker_failures"])).stdout, "3\n");
  assert.equal((await runFactory(place, ["config", "get", "providers.openai"])).stdout, '{"api_key":"***"}\n');
  assert.equal((await runFactory(place, ["config", "get", "profile"])).code, 1);
  const all = await runFactory(place, ["config", "get"], { env: { FACTORY_PROFILE: "p" } });
  assert.match(all.stdout, /^default_model +opus +.*config\.toml:1$/m);
  assert.match(all.stdout, /^profile +p +FACTORY_PROFILE$/m);
  assert.match(all.stderr, /FACTORY_PROFILE: profile there is no profile "p"/);
  assert.doesNotMatch(all.stdout, /very-secret/);
  const one = JSON.parse((await runFactory(place, ["config", "get", "default_model", "--json"])).stdout) as unknown;
  assert.deepEqual(one, { path: "default_model", value: "opus", origin: `${file}:1` });
  assert.match(
    (await runFactory(place, ["config", "path"])).stdout,
    /home\/\.factory\/config\.json {2}\(user, not there\)\n.*config\.toml {2}\(user\)\n/,
  );
  assert.equal((await runFactory(place, ["config", "check"])).stdout, "nothing wrong in 1 file\n");
});

test("wrong keys and values are told, and nothing is written", async (t) => {
  const place = await openPlace(t);
  const run = (...words: readonly string[]) => runFactory(place, ["config", ...words]);
  assertTold(await run("set", "default_modle", "x"), {
    code: 2,
    what: /there is no key default_modle/,
    todo: /Did you mean default_model\?/,
  });
  assertTold(await run("set", "reliability.provider_retries", "many"), {
    code: 2,
    what: /must be a whole number/,
    todo: /Nothing was written/,
  });
  assertTold(await run("get", "a..b"), { code: 2, what: /is no key/, todo: /Keys look like/ });
  assertTold(await run("set", "profile"), { code: 2, what: /too few words/, todo: /It takes get/ });
  assertTold(await run("gte"), { code: 2, what: /does not take "gte"/, todo: /Did you mean get\?/ });
  await assert.rejects(readFile(join(place.factoryHome, "config.toml")), /ENOENT/);
  await mkdir(place.factoryHome, { recursive: true });
  await writeFile(join(place.factoryHome, "config.toml"), "profile = 1\nx = 2\n");
  const checked = await run("check");
  assert.deepEqual([checked.code, checked.stdout.split("\n").length], [2, 4]);
  assert.match(checked.stdout, /config\.toml:1: profile must be a text, not 1\n.*config\.toml:2: x is no key/);
  const { ok, problems } = JSON.parse((await run("check", "--json")).stdout) as { ok: boolean; problems: readonly unknown[] };
  assert.deepEqual([ok, problems.length], [false, 2]);
});

test("a project's file is trusted once, and that is remembered", async (t) => {
  const place = await openPlace(t);
  await runFactory(place, ["config", "set", "--project", "api_url", "https://h.example/v1"]);
  assert.match(await readFile(join(place.cwd, ".factory/config.toml"), "utf8"), /^api_url/);
  const check = (...words: readonly string[]) => runFactory(place, ["config", "check", ...words]);
  assert.match((await check()).stdout, /config\.toml:1: api_url is not followed until you trust this folder/);
  assert.equal((await runFactory(place, ["config", "get", "api_url"])).code, 1);
  assert.doesNotMatch((await check("--trust")).stdout, /not followed/);
  assert.equal((await runFactory(place, ["config", "get", "api_url"])).stdout, "https://h.example/v1\n");
});

test("schema and import", async (t) => {
  const place = await openPlace(t);
  const schema = JSON.parse((await runFactory(place, ["config", "schema"])).stdout) as Record<string, Record<string, unknown>>;
  assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  assert.ok(schema["properties"]?.["custom_models"]);
  const droid = join(import.meta.dirname, "../../../fixtures/config/003-current.json");
  const shown = await runFactory(place, ["config", "import", droid]);
  assert.match(shown.stdout, /^default_model = "custom:qwen3:4b"\n\n\[\[custom_models\]\]\n/);
  assert.match(shown.stderr, /^not carried: .*003-current\.json:3: diffMode: factory has no such setting\n$/);
  assert.equal((await runFactory(place, ["config", "import", "--write", droid])).code, 0);
  assert.equal(await readFile(join(place.factoryHome, "config.toml"), "utf8"), shown.stdout);
  assertTold(await runFactory(place, ["config", "import", "--write", droid]), { code: 2, what: /is there already/, todo: /--write/ });
  assertTold(await runFactory(place, ["config", "import", "nothing.json"]), {
    code: 2,
    what: /cannot be read \(ENOENT\)/,
    todo: /name another/,
  });
});

test("a home that cannot be written is told", { skip: noSandbox() }, async (t) => {
  const place = await openPlace(t);
  const options = { under: withReadOnly(place.home) };
  const set = () => runFactory(place, ["config", "set", "profile", "p"], options);
  assertTold(await set(), { code: 2, what: /cannot be written: /, todo: /FACTORY_HOME/ });
  await mkdir(place.factoryHome);
  assertTold(await set(), { code: 2, what: /cannot be written: the file system is read-only/, todo: /FACTORY_HOME/ });
  assert.equal((await runFactory(place, ["config", "check"], options)).code, 0);
});
