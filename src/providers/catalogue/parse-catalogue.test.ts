import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "#base/usage-error.ts";
import { parseCatalogue } from "#providers/catalogue/parse-catalogue.ts";

const HEAD = { format: 1, date: "2026-07-02", source: "test", licence: "MIT" };
const file = (model: unknown, id = "m"): string => JSON.stringify({ ...HEAD, providers: { openai: { [id]: model } } });
const parsed = (model: unknown) => parseCatalogue(file(model), "file").providers.get("openai")?.get("m");

test("reads every fact of a model", () => {
  const model = {
    limit: [1000, 200, 800],
    price: [5, 30, 0.5, null, 12],
    tiers: [
      [500, 10, 45, 1],
      [100, 6, 31],
    ],
    can: "image -tools json",
    reasoning: { effort: ["low", "high"], budget: [null, 9], toggle: true },
    replay: "reasoning_content",
    released: "2026-04",
    retires: "2027-01-01",
    status: "beta",
    wire: "openai-responses",
    date: "2026-11-10",
    source: "elsewhere",
  };
  assert.deepEqual(parsed(model), {
    contextTokens: 1000,
    maxOutputTokens: 200,
    maxInputTokens: 800,
    images: true,
    tools: false,
    structuredOutput: true,
    temperature: null,
    reasoning: { supported: true, efforts: ["low", "high"], budget: { min: null, max: 9 }, toggle: true },
    price: {
      input: 5,
      output: 30,
      cacheRead: 0.5,
      cacheWrite: null,
      reasoning: 12,
      tiers: [
        { aboveTokens: 100, input: 6, output: 31, cacheRead: null, cacheWrite: null },
        { aboveTokens: 500, input: 10, output: 45, cacheRead: 1, cacheWrite: null },
      ],
      date: "2026-11-10",
      source: "elsewhere",
    },
    released: "2026-04",
    retires: "2027-01-01",
    status: "beta",
    replay: "reasoning_content",
    wire: "openai-responses",
  });
});

test("what is not said is unknown", () => {
  assert.deepEqual(new Set(Object.values(parsed({}) ?? {})), new Set([null]));
  assert.deepEqual(parsed({ price: [1, 2] })?.price, {
    input: 1,
    output: 2,
    cacheRead: null,
    cacheWrite: null,
    reasoning: null,
    tiers: [],
    date: HEAD.date,
    source: HEAD.source,
  });
});

const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /^file: is not JSON, or was cut off$/],
  ['{"format":1,', /cut off/],
  ["[".repeat(500_000), /^file: /],
  [`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`, /^file: /],
  ["[]", /^file: must be an object/],
  [JSON.stringify({ ...HEAD, format: 2, providers: {} }), /^file: format: must be 1/],
  [JSON.stringify({ ...HEAD, date: "today", providers: {} }), /^file: date: must be a day/],
  [JSON.stringify({ format: 1, date: "2026-01-01", providers: {} }), /^file: source: must be a short text/],
  [JSON.stringify({ ...HEAD, provider: {} }), /"provider" is not a known field \(providers\)/],
  [JSON.stringify({ ...HEAD, providers: [] }), /^file: providers: must be an object/],
  [JSON.stringify({ ...HEAD, providers: { "Open AI": {} } }), /"Open AI" is not a provider's slug/],
  [JSON.stringify({ ...HEAD, providers: { openai: 1 } }), /^file: providers: openai: must be an object/],
  [`{"format":1,"date":"2026-07-02","source":"t","providers":{"__proto__":{}}}`, /"__proto__" is not a provider's slug/],
  [`{"format":1,"date":"2026-07-02","source":"t","providers":{"openai":{"__proto__":{}}}}`, /"__proto__" is not a model id/],
  [
    `{"format":1,"date":"2026-07-02","source":"t","providers":{"openai":{"m":{"__proto__":{"price":[1,2]}}}}}`,
    /"__proto__" is not a known field/,
  ],
  [file({ constructor: 1 }), /"constructor" is not a known field/],
  [file({}, "two words"), /"two words" is not a model id/],
  [file([]), /^file: providers: openai: m: must be an object/],
  [file({ prices: [1, 2] }), /"prices" is not a known field \(price\)/],
  [file({ price: [1] }), /m: price\[1\]: must be a number/],
  [file({ price: ["NaN", 1] }), /m: price\[0\]: must be a number/],
  [file({ price: [-1, 1] }), /m: price\[0\]: must be a number/],
  [file({ price: "X" }).replace('"X"', "[1e999,1]"), /m: price\[0\]: must be a number/],
  [file({ price: [1, 2, 3, 4, 5, 6] }), /m: price: must be an array of at most 5/],
  [file({ price: [1, 2], tiers: [[1]] }), /m: tiers\[0\]\[1\]: must be a number/],
  [file({ limit: [1.5] }), /m: limit\[0\]: must be a whole number/],
  [file({ limit: { context: 1 } }), /m: limit: must be an array/],
  [file({ can: "fly" }), /m: can: "fly" is not one of image, tools/],
  [file({ can: "constructor" }), /m: can: "constructor" is not one of/],
  [file({ can: ["image"] }), /m: can: must be a short text/],
  [file({ reasoning: "yes" }), /m: reasoning: must be an object/],
  [file({ reasoning: { effort: ["huge"] } }), /m: reasoning: effort\[0\]: must be one of none, minimal/],
  [file({ reasoning: { toggle: 1 } }), /m: reasoning: toggle: must be true or false/],
  [file({ wire: "morse" }), /m: wire: must be one of openai-chat/],
  [file({ status: "new" }), /m: status: must be one of alpha/],
  [file({ replay: "__proto__" }), /m: replay: must be one of/],
  [file({ released: "last week" }), /m: released: must be a date/],
];

for (const [text, message] of WRONG) {
  test(`refuses ${text.slice(0, 120)}`, () => {
    assert.throws(
      () => parseCatalogue(text, "file"),
      (error) => error instanceof UsageError && message.test(error.message) && error.message.length < 600 && error.advice !== "",
    );
  });
}

test("takes 10,000 models and refuses a file of any more than it can hold", () => {
  const many = (count: number): string => {
    const models = Object.fromEntries(Array.from({ length: count }, (_, at) => [`model-${at}`, {}]));
    return JSON.stringify({ ...HEAD, providers: { openai: models } });
  };
  assert.equal(parseCatalogue(many(10_000), "file").providers.get("openai")?.ids().length, 10_000);
  assert.throws(() => parseCatalogue(many(50_001), "file"), /more than 50000 models/);
  assert.throws(() => parseCatalogue(" ".repeat(16 * 1024 * 1024 + 1), "file"), /larger than 16 MiB/);
});

const FIELDS = [
  "limit",
  "price",
  "tiers",
  "can",
  "reasoning",
  "replay",
  "released",
  "retires",
  "status",
  "wire",
  "date",
  "source",
  "__proto__",
  "x",
];

test("a hostile file throws nothing but a UsageError", () => {
  const member = fc.tuple(
    fc.constantFrom(...FIELDS),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("1e999", "[null]", "[[]]", "{}").map((text) => JSON.parse(text)),
    ),
  );
  const model = fc.oneof(
    fc.jsonValue(),
    fc.array(member, { maxLength: 4 }).map((members) => Object.fromEntries(members)),
  );
  const root = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(fc.oneof(fc.constantFrom("format", "date", "source", "providers"), fc.string()), fc.jsonValue()),
    fc
      .dictionary(fc.oneof(fc.constantFrom("openai", "__proto__"), fc.string()), fc.dictionary(fc.string(), model))
      .map((providers) => ({ ...HEAD, providers })),
    model.map((value) => ({ ...HEAD, providers: { openai: { m: value } } })),
  );
  // On a failure fast-check prints its seed and the file.
  fc.assert(
    fc.property(root, (value) => harmless(JSON.stringify(value) ?? "")),
    { numRuns: 1000 },
  );
});

test("a file that was cut or scribbled over throws nothing but a UsageError", () => {
  const whole = file({ limit: [1, 2], price: [1, 2, 3], can: "image", reasoning: { effort: ["low"] }, wire: "openai-chat" });
  const scribble = fc.record({ at: fc.nat(whole.length), length: fc.nat(20), put: fc.string({ maxLength: 8 }) });
  fc.assert(
    fc.property(scribble, ({ at, length, put }) => harmless(whole.slice(0, at) + put + whole.slice(at + length))),
    { numRuns: 500 },
  );
  for (let end = 0; end < whole.length; end += 1) assert.throws(() => parseCatalogue(whole.slice(0, end), "file"), UsageError);
});

function harmless(text: string): void {
  try {
    parseCatalogue(text, "file");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
  }
  assert.equal(Object.hasOwn(Object.prototype, "price"), false);
}
