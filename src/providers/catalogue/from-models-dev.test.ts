import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "#base/usage-error.ts";
import { fromModelsDev, printCatalogue } from "#providers/catalogue/from-models-dev.ts";
import { parseCatalogue } from "#providers/catalogue/parse-catalogue.ts";

const HEAD = { date: "2026-07-02", source: "models.dev", licence: "MIT" };
const converted = (models: object, provider = "openai") => fromModelsDev({ [provider]: { id: provider, models } }, HEAD).providers;
const model = (fields: object) => converted({ m: fields })["openai"]?.["m"];

test("takes what is used of a model", () => {
  const theirs = {
    id: "m",
    name: "M",
    attachment: true,
    reasoning: true,
    reasoning_options: [
      { type: "effort", values: ["high", "low", "default"] },
      { type: "budget_tokens", min: 128, max: 32768 },
      { type: "toggle" },
    ],
    tool_call: { supported: true, parallel: false },
    structured_output: true,
    temperature: false,
    interleaved: { field: "reasoning_details" },
    release_date: "2026-04-23",
    cost: {
      input: 5,
      output: 30,
      cache_read: 0.5,
      input_audio: 9,
      tiers: [{ input: 10, output: 45, cache_read: 1, tier: { type: "context", size: 272000 } }],
    },
    limit: { context: 1050000, input: 922000, output: 128000 },
    modalities: { input: ["text", "image"], output: ["text"] },
    status: "beta",
    provider: { npm: "@ai-sdk/anthropic", api: "https://x" },
  };
  assert.deepEqual(model(theirs), {
    limit: [1050000, 128000, 922000],
    price: [5, 30, 0.5],
    tiers: [[272000, 10, 45, 1]],
    can: "image tools json -temperature",
    reasoning: { effort: ["low", "high"], budget: [128, 32768], toggle: true },
    replay: "reasoning_details",
    released: "2026-04-23",
    status: "beta",
    wire: "anthropic-messages",
  });
});

const PARTS: readonly (readonly [name: string, fields: object, wanted: object])[] = [
  [
    "an older list's dearer long prompts",
    { cost: { input: 1, output: 2, context_over_200k: { input: 2, output: 3 } } },
    { price: [1, 2], tiers: [[200000, 2, 3]] },
  ],
  ["a snapshot's", { cost: { input: 1, output: 2, tiers: [{ input: 2, output: 3, above: 9 }] } }, { price: [1, 2], tiers: [[9, 2, 3]] }],
  ["the price of reasoning behind unknown ones", { cost: { input: 1, output: 2, reasoning: 3 } }, { price: [1, 2, null, null, 3] }],
  ["free models", { cost: { input: 0, output: 0 } }, { price: [0, 0] }],
  ["no half price", { cost: { input: 1 } }, {}],
  [
    "no nonsense",
    { cost: { input: -1, output: "2" }, limit: { context: 0, output: 1.5 }, release_date: 5, status: "x", provider: { npm: 1 } },
    {},
  ],
  ["a limit that is only partly known", { limit: { context: 0, output: 5 } }, { limit: [null, 5] }],
  ["reasoning that cannot be steered", { reasoning: true, reasoning_options: [] }, { reasoning: true }],
  ["no reasoning", { reasoning: false, reasoning_options: [{ type: "toggle" }] }, { reasoning: false }],
  ["reasoning that is wanted back", { interleaved: true }, { replay: true }],
  ["a shape", { provider: { npm: "@ai-sdk/amazon-bedrock/mantle", shape: "responses" } }, { wire: "openai-responses" }],
];

for (const [name, fields, wanted] of PARTS) {
  test(`takes ${name}`, () => assert.deepEqual(model(fields), wanted));
}

test("leaves out models that write no text, and ids that are none", () => {
  const { openai } = converted({ m: {}, image: { modalities: { output: ["image"] } }, "two words": {}, broken: 1 });
  assert.deepEqual(Object.keys(openai ?? {}), ["m"]);
});

test("our slugs stand for theirs: the first source wins, and a plan's price of nothing is none", () => {
  const theirs = {
    providers: {
      minimax: { models: { both: { cost: { input: 1, output: 2 } } } },
      "minimax-coding-plan": { models: { both: { cost: { input: 9, output: 9 } }, plan: { cost: { input: 0, output: 0 } } } },
      mistral: { models: { "codestral-latest": {}, "mistral-large": {} } },
    },
  };
  const { minimax, mistral, codestral } = fromModelsDev(theirs, HEAD).providers;
  assert.deepEqual(minimax, { both: { price: [1, 2] }, plan: {} });
  assert.deepEqual(Object.keys(mistral ?? {}), ["codestral-latest", "mistral-large"]);
  assert.deepEqual(Object.keys(codestral ?? {}), ["codestral-latest"]);
});

for (const payload of [
  null,
  [],
  "x",
  {},
  { openai: {} },
  { unknown: { models: { m: {} } } },
  JSON.parse('{"__proto__":{"openai":{"models":{"m":{}}}}}'),
]) {
  test(`refuses ${JSON.stringify(payload)}`, () => assert.throws(() => fromModelsDev(payload, HEAD), UsageError));
}

test("whatever a list holds, it is refused by a UsageError or becomes a legal catalogue", () => {
  const names = [
    "cost",
    "limit",
    "reasoning",
    "reasoning_options",
    "modalities",
    "tool_call",
    "interleaved",
    "provider",
    "status",
    "release_date",
    "__proto__",
  ];
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1e300, -1));
  const cost = fc.dictionary(fc.constantFrom("input", "output", "cache_read", "tiers", "reasoning"), fc.oneof(number, fc.jsonValue()));
  const options = fc.array(
    fc.dictionary(
      fc.constantFrom("type", "values", "min", "max"),
      fc.oneof(fc.constantFrom<unknown>("effort", "budget_tokens", ["low"]), number),
    ),
  );
  const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.jsonValue(), cost, options, fc.boolean()));
  const list = fc.dictionary(fc.oneof(fc.constantFrom("m", "__proto__", "constructor"), fc.string()), fc.oneof(fields, fc.jsonValue()));
  fc.assert(
    fc.property(list, (models) => {
      try {
        const printed = printCatalogue(fromModelsDev(JSON.parse(JSON.stringify({ openai: { models } })), HEAD));
        parseCatalogue(printed, "converted");
      } catch (error) {
        if (!(error instanceof UsageError) || error.message.startsWith("converted")) throw error;
      }
    }),
    { numRuns: 1000 },
  );
});
