import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "node:test";
import { isObject, type Json, type JsonObject } from "#base/json.ts";
import { setInText } from "#config/edit.ts";
import { parseConfig } from "#config/parse-file.ts";
import { printToml } from "#config/print-toml.ts";
import { toJson, type Step } from "#config/tree.ts";

const set = (file: string, text: string, path: readonly Step[], value: Json) => setInText({ file, text }, { path, value });
const toml = (text: string, path: readonly Step[], value: Json) => set("config.toml", text, path, value);
const json = (text: string, path: readonly Step[], value: Json) => set("config.json", text, path, value);

async function values(file: string, text: string): Promise<Json> {
  const { root, problems } = await parseConfig({ file, layer: "user", text });
  assert.deepEqual(problems, [], text);
  assert.ok(root);
  return toJson(root);
}

test("TOML: one value changes, every other byte stays", async () => {
  const text =
    "\uFEFF# mine\r\ndefault_model   =  'old'   # why\r\n\r\n[reliability] # x\r\n  provider_retries = 1 # two\r\n  timeout_idle_ms=5\r\n";
  const edited = await toml(text, ["default_model"], "new");
  assert.equal(edited, text.replace("'old'", '"new"'));
  assert.equal(await toml(text, ["reliability", "provider_retries"], 3), text.replace("= 1", "= 3"));
  assert.equal(
    await toml(text, ["reliability", "breaker_failures"], 4),
    text.replace("timeout_idle_ms=5\r\n", "timeout_idle_ms=5\r\n  breaker_failures = 4\r\n"),
  );
  assert.equal(await toml(text, ["profile"], "p"), text.replace("# why\r\n", '# why\r\nprofile = "p"\r\n'));
});

test("TOML: new keys find their place", async () => {
  const cases: readonly (readonly [before: string, path: readonly Step[], value: Json, after: string])[] = [
    ["", ["default_model"], "m", 'default_model = "m"\n'],
    ["# only this", ["default_model"], "m", '# only this\ndefault_model = "m"\n'],
    ["# head\n\n# about\n[gateway]\n", ["profile"], "p", '# head\n\nprofile = "p"\n\n# about\n[gateway]\n'],
    ["", ["providers", "openai", "api_base"], "https://h", '[providers.openai]\napi_base = "https://h"\n'],
    ["a-b = 1", ["gateway", "listen"], ":1", 'a-b = 1\n\n[gateway]\nlisten = ":1"\n'],
    ["[gateway]", ["gateway", "listen"], ":1", '[gateway]\nlisten = ":1"\n'],
    [
      "reliability.provider_retries = 1\n",
      ["reliability", "timeout_idle_ms"],
      2,
      "reliability.provider_retries = 1\nreliability.timeout_idle_ms = 2\n",
    ],
    [
      "[reliability.model_fallbacks]\n",
      ["reliability", "provider_retries"],
      2,
      "[reliability.model_fallbacks]\n\n[reliability]\nprovider_retries = 2\n",
    ],
    [
      "[reliability]\n",
      ["reliability", "model_fallbacks", "a/b.c"],
      ["d"],
      '[reliability]\n\n[reliability.model_fallbacks]\n"a/b.c" = ["d"]\n',
    ],
    ["gateway = {}\n", ["gateway", "listen"], ":1", 'gateway = { listen = ":1" }\n'],
    [
      'profiles = { a = { model = "m" } } # c\n',
      ["profiles", "a", "provider"],
      "p",
      'profiles = { a = { model = "m", provider = "p" } } # c\n',
    ],
    ["[[keys.openai]]\ntoken = 'a'\n", ["keys", "openai", 0, "label"], "l", "[[keys.openai]]\ntoken = 'a'\nlabel = \"l\"\n"],
    [
      "[[keys.openai]]\ntoken = 'a'\n",
      ["keys", "openai", 1, "token"],
      "b",
      "[[keys.openai]]\ntoken = 'a'\n\n[[keys.openai]]\ntoken = \"b\"\n",
    ],
    ["", ["endpoints", 0, "label"], "lab", '[[endpoints]]\nlabel = "lab"\n'],
    [
      "[[endpoints]]\nlabel = 'a'\n[gateway]\n",
      ["endpoints", 0, "extra_headers", "X-A"],
      "1",
      "[[endpoints]]\nlabel = 'a'\nextra_headers.X-A = \"1\"\n[gateway]\n",
    ],
    ["[providers.azure_openai]\napiKey = 'a'\n", ["providers", "azure-openai", "api_key"], "b", '[providers.azure_openai]\napiKey = "b"\n'],
  ];
  for (const [before, path, value, after] of cases) assert.equal(await toml(before, path, value), after);
});

test("what has no place, and what is no text of its format, is refused and told", async () => {
  await assert.rejects(toml("gateway = 1\n", ["gateway", "listen"], ":1"), /gateway\.listen cannot be set in config\.toml/);
  await assert.rejects(toml("endpoints = [{ label = 'a' }]\n", ["endpoints", 1, "label"], "b"), /endpoints\[1\]\.label cannot be set/);
  await assert.rejects(toml("[[endpoints]]\n", ["endpoints", 5, "label"], "b"), /cannot be set/);
  await assert.rejects(toml("[gateway]\n", ["gateway"], 1), /cannot be set/);
  await assert.rejects(toml("a = \n", ["gateway", "listen"], ":1"), /^UsageError: config\.toml:2: this is no TOML/);
  await assert.rejects(json('{"a":', ["profile"], "x"), /this is no JSON/);
});

test("JSON: comments, order, spelling and trailing commas stay", async () => {
  const text = '{\n    // mine\n    "defaultModel": "old", // why\n    "reliability": {\n        "providerRetries": 1 // last\n    },\n}\n';
  assert.equal(await json(text, ["default_model"], "new"), text.replace('"old"', '"new"'));
  assert.equal(await json(text, ["reliability", "provider_retries"], 3), text.replace(": 1", ": 3"));
  assert.equal(
    await json(text, ["reliability", "timeout_idle_ms"], 9),
    text.replace("1 // last\n", '1, // last\n        "timeout_idle_ms": 9\n'),
  );
  assert.deepEqual(await values("a.json", await json("", ["profiles", "a", "model"], "m")), { profiles: { a: { model: "m" } } });
  assert.deepEqual(await values("a.json", await json("{}", ["endpoints", 0, "label"], "l")), { endpoints: [{ label: "l" }] });
  assert.equal(await json('{"profile": null}', ["profile"], "p"), '{"profile": "p"}');
  const last = '{\n  "profile": "p", // c\n}\n';
  assert.equal(await json(last, ["default_model"], "m"), '{\n  "profile": "p", // c\n  "default_model": "m",\n}\n');
  assert.equal(await json('{ "profile": "p" }', ["gateway", "listen"], ":1"), '{ "profile": "p", "gateway": {"listen":":1"} }');
  assert.equal(
    await json('{\r\n\t"gateway": {} // g\r\n}\r\n', ["gateway", "listen"], ":1"),
    '{\r\n\t"gateway": {\r\n\t\t"listen": ":1"\r\n\t} // g\r\n}\r\n',
  );
  const list = '{\n  "reliability": { "api_keys": [] },\n  "keys": {\n    // none\n  }\n}\n';
  assert.deepEqual(await values("a.json", await json(list, ["keys", "openai", 0, "token"], "t")), {
    reliability: { api_keys: [] },
    keys: { openai: [{ token: "t" }] },
  });
});

/** Texts that TOML and JSON both can hold, and that our keys' names do not reach. */
const word = fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => text.toWellFormed());
const scalar = fc.oneof(
  word,
  fc.integer({ min: -1e9, max: 1e9 }),
  fc.boolean(),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
);
const { value: anyValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar.map((each) => (each === 0 ? 0 : each)),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(word, tie("value"), { maxKeys: 3 }),
  ),
}));

test("property: what is printed as TOML is read again the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.dictionary(word, anyValue, { maxKeys: 4 }), async (document: JsonObject) => {
      const plain = JSON.parse(JSON.stringify(document)) as JsonObject;
      assert.deepEqual(await values("a.toml", printToml(plain)), plain);
    }),
    { numRuns: 200 },
  );
});

test("property: setting a key changes nothing else, in both formats", async () => {
  const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).map((text) => `p${text.toWellFormed()}`);
  const profiles = fc.dictionary(name, fc.record({ model: word, extends: word }), { maxKeys: 4 });
  await fc.assert(
    fc.asyncProperty(profiles, name, word, async (before, key, value) => {
      const document = JSON.parse(JSON.stringify({ default_model: "x", profiles: before })) as JsonObject;
      const wanted = { ...document, profiles: { ...before, [key]: { ...before[key], model: value } } };
      for (const [file, text] of [
        ["a.toml", `# first\n${printToml(document)}# last\n`],
        ["a.json", `// first\n${JSON.stringify(document, null, 2)}\n// last\n`],
      ] as const) {
        const after = await set(file, text, ["profiles", key, "model"], value);
        const read = await values(file, after);
        assert.ok(isObject(read));
        assert.deepEqual(read, JSON.parse(JSON.stringify(wanted)));
        assert.ok(after.includes("# first\n") || after.includes("// first\n"));
        const [start, end] = common(text, after);
        assert.ok(start + end >= text.length - (Object.hasOwn(before, key) ? JSON.stringify(before[key]?.model).length + 2 : 0), after);
      }
    }),
    { numRuns: 100 },
  );
});

/** How many characters two texts share at their start and, behind that, at their end. */
function common(left: string, right: string): readonly [number, number] {
  const most = Math.min(left.length, right.length);
  let start = 0;
  while (start < most && left[start] === right[start]) start += 1;
  let end = 0;
  while (end < most - start && left.at(-1 - end) === right.at(-1 - end)) end += 1;
  return [start, end];
}
