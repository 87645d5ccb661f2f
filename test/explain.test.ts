import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { openPlace, runFactory } from "#test/run-factory.ts";

const CONCURRENTLY = { concurrency: 2 };

describe("explain", CONCURRENTLY, () => {
  test("--json has exactly the promised fields", async (t) => {
    const { code, stdout, stderr } = await runFactory(await openPlace(t), ["explain", "groq/llama-3.3-70b-versatile", "--json"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const explained = JSON.parse(stdout);
    assert.deepEqual(Object.keys(explained), [
      "ref",
      "rule",
      "provider",
      "model",
      "wire",
      "baseUrl",
      "key",
      "facts",
      "price",
      "quirks",
      "chain",
    ]);
    const { rule, facts, price, quirks, ...rest } = explained;
    assert.deepEqual(rest, {
      ref: "groq/llama-3.3-70b-versatile",
      provider: "groq",
      model: "llama-3.3-70b-versatile",
      wire: "openai-chat",
      baseUrl: "https://api.groq.com/openai/v1",
      key: null,
      chain: [],
    });
    assert.match(rule, /groq\/ names the provider/);
    for (const each of [facts, quirks]) assert.equal(typeof each, "object");
    assert.ok(price === null || typeof price.input === "number");
  });

  test("without a reference the default is Ollama on this machine", async (t) => {
    const place = await openPlace(t);
    const { code, stdout } = await runFactory(place, ["explain", "--json"]);
    const { ref, provider, model, baseUrl, key } = JSON.parse(stdout);
    assert.deepEqual([code, ref, provider, model, baseUrl, key], [0, null, "ollama", null, "http://127.0.0.1:11434", null]);
    const shown = await runFactory(place, ["explain"]);
    assert.match(shown.stdout, /Ollama[^]*http:\/\/127\.0\.0\.1:11434/);
  });

  for (const [ref, provider, model] of [
    ["sonnet", "anthropic", /^claude-sonnet-/],
    ["gpt-5", "openai", /^gpt-5$/],
    ["gemini-2.5-pro", "gemini", /^gemini-2\.5-pro$/],
    ["ollama:qwen3:14b", "ollama", /^qwen3:14b$/],
    ["openrouter/anthropic/claude-sonnet-4.6", "openrouter", /^anthropic\/claude-sonnet-4\.6$/],
    ["qwen3:14b", "ollama", /^qwen3:14b$/],
  ] as const) {
    test(`${ref} is ${provider}'s`, async (t) => {
      const { code, stdout } = await runFactory(await openPlace(t), ["explain", ref, "--json"]);
      const explained = JSON.parse(stdout);
      assert.deepEqual([code, explained.provider], [0, provider]);
      assert.match(explained.model, model);
    });
  }
});

describe("a key in the environment", CONCURRENTLY, () => {
  const KEY = "gsk_PLANTEDplantedPLANTED9876";
  const env = { GROQ_API_KEY: KEY };

  test("is told by its source, its name and its last four characters", async (t) => {
    const { stdout } = await runFactory(await openPlace(t), ["explain", "groq/x", "--json"], { env });
    assert.deepEqual(JSON.parse(stdout).key, { source: "environment", name: "GROQ_API_KEY", last4: "9876" });
  });

  test("chooses its provider for a name that no rule knows", async (t) => {
    const { stdout } = await runFactory(await openPlace(t), ["explain", "some-model", "--json"], { env });
    const { provider, rule } = JSON.parse(stdout);
    assert.equal(provider, "groq");
    assert.match(rule, /only provider that has a key \(GROQ_API_KEY\)/);
  });

  for (const args of [
    ["explain", "groq/x"],
    ["explain", "groq/x", "--json"],
    ["explain", "groq/x", "--token", KEY, "--json"],
    ["providers"],
    ["providers", "--json"],
    ["exec", "-m", "groq/x", "--host", "http://127.0.0.1:1", "--json", "hi"],
    ["exec", "-m", `groq/${KEY}`, "--host", "http://127.0.0.1:1", "--output", "text", "hi"],
    ["exec", "-p", KEY, "hi"],
    ["exec", "-p", "openai", "-m", "x", "--token", KEY, "hi"],
    [KEY],
  ]) {
    test(`is in no output of ${args.join(" ").replaceAll(KEY, "<key>")}`, async (t) => {
      const { stdout, stderr } = await runFactory(await openPlace(t), args, { env: { ...env, FACTORY_DEBUG: "1" } });
      assert.ok(stdout + stderr !== "");
      assert.ok(!(stdout + stderr).includes(KEY), stdout + stderr);
    });
  }
});

describe("providers", CONCURRENTLY, () => {
  test("--json lists every provider, with what it needs", async (t) => {
    const { code, stdout } = await runFactory(await openPlace(t), ["providers", "--json"], {
      env: { GROQ_API_KEY: "gsk_0123456789abcdef" },
    });
    const all: readonly { readonly slug: string }[] = JSON.parse(stdout);
    assert.equal(code, 0);
    assert.ok(all.length > 40, `${all.length} providers`);
    for (const slug of ["anthropic", "openai", "groq", "ollama", "llamacpp", "openrouter"])
      assert.ok(
        all.some((each) => each.slug === slug),
        slug,
      );
  });

  test("the table is whole in a pipe, and plain", async (t) => {
    const { code, stdout, stderr } = await runFactory(await openPlace(t), ["providers"], { env: { GROQ_API_KEY: "gsk_0123456789abcdef" } });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^groq +Groq +openai-chat +\S+ +✓ GROQ_API_KEY +api\.groq\.com/m);
    assert.match(stdout, /^anthropic +Anthropic +anthropic-messages +\S+ +– ANTHROPIC_API_KEY/m);
    assert.equal(stdout, stripVTControlCharacters(stdout));
    assert.doesNotMatch(stdout, /…/);
  });
});
