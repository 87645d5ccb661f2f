import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { asArray, asObject, type JsonObject } from "#base/json.ts";
import { toParameters, toResponseSchema } from "#wires/google-generate/schema.ts";

const CASES: readonly (readonly [name: string, schema: JsonObject, expected: JsonObject])[] = [
  [
    "a type and its words stay",
    { type: "string", minLength: 1, maxLength: 5, format: "date-time" },
    { type: "string", format: "date-time", minLength: 1, maxLength: 5 },
  ],
  [
    "unknown words go",
    { $schema: "x", type: "string", pattern: "^a", default: "a", format: "uri", title: "T", examples: ["a"] },
    { type: "string" },
  ],
  ["capital types", { type: "STRING" }, { type: "string" }],
  ["null beside a type", { type: ["string", "null"], description: "d" }, { description: "d", type: "string", nullable: true }],
  ["nothing but null", { type: "null" }, { type: "string", nullable: true }],
  [
    "several types",
    { type: ["string", "number", "null"], minimum: 1, minLength: 2 },
    {
      anyOf: [
        { type: "string", minLength: 2 },
        { type: "number", minimum: 1 },
      ],
      nullable: true,
    },
  ],
  ["const", { const: "a" }, { type: "string", enum: ["a"] }],
  ["enum without a type", { enum: ["a", "b", null] }, { type: "string", enum: ["a", "b"], nullable: true }],
  [
    "enum of numbers is told",
    { type: "integer", enum: [1, 2], description: "Size." },
    { description: "Size. One of: 1, 2.", type: "integer" },
  ],
  ["enum with an empty text", { type: "string", enum: ["", "a"] }, { type: "string" }],
  [
    "exclusive bounds of whole numbers",
    { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 9, maximum: 20 },
    { type: "integer", minimum: 1, maximum: 8 },
  ],
  ["exclusive bounds of numbers", { type: "number", exclusiveMinimum: 0, minimum: -1 }, { type: "number", minimum: 0 }],
  ["no type at all", { description: "Anything." }, { description: "Anything.", type: "string" }],
  ["array without items", { type: "array" }, { type: "array", items: { type: "string" } }],
  [
    "tuple",
    { type: "array", prefixItems: [{ type: "string" }, { type: "boolean" }] },
    { type: "array", items: { anyOf: [{ type: "string" }, { type: "boolean" }] } },
  ],
  ["object without properties", { type: "object", additionalProperties: { type: "string" } }, { type: "object" }],
  [
    "required names that are no properties",
    { properties: { a: { type: "string" } }, required: ["a", "b", "a"], additionalProperties: false },
    { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
  ],
  [
    "oneOf with null",
    { oneOf: [{ type: "integer" }, { type: "null" }], description: "d" },
    { description: "d", type: "integer", nullable: true },
  ],
  ["choice of texts", { anyOf: [{ const: "a" }, { enum: ["b", "a"] }] }, { type: "string", enum: ["a", "b"] }],
  [
    "choice within a choice",
    { anyOf: [{ type: "boolean" }, { anyOf: [{ type: "string" }, { type: "integer" }] }] },
    { anyOf: [{ type: "boolean" }, { type: "string" }, { type: "integer" }] },
  ],
  [
    "choice beside properties",
    { type: "object", properties: { a: { type: "string" } }, anyOf: [{ required: ["a"] }, { properties: { b: { type: "integer" } } }] },
    {
      type: "object",
      properties: { b: { type: "integer" }, a: { type: "string" } },
    },
  ],
  [
    "allOf is joined",
    {
      allOf: [{ properties: { a: { type: "string" } }, required: ["a"] }, { $ref: "#/$defs/b" }],
      $defs: { b: { properties: { b: { type: "integer" }, a: { minLength: 1 } } } },
    },
    { type: "object", properties: { a: { type: "string", minLength: 1 }, b: { type: "integer" } }, required: ["a"] },
  ],
  [
    "$ref is put in place, with what stands beside it",
    {
      properties: { a: { $ref: "#/definitions/x~1y", description: "mine" } },
      definitions: { "x/y": { type: "string", description: "its" } },
    },
    { type: "object", properties: { a: { description: "mine", type: "string" } } },
  ],
  [
    "$ref to nowhere",
    { properties: { a: { $ref: "#/$defs/gone" }, b: { $ref: "https://host/schema" } } },
    { type: "object", properties: { a: { type: "string" }, b: { type: "string" } } },
  ],
  [
    "a tree ends where it comes round",
    {
      $ref: "#/$defs/node",
      $defs: {
        node: { type: "object", properties: { name: { type: "string" }, children: { type: "array", items: { $ref: "#/$defs/node" } } } },
      },
    },
    { type: "object", properties: { name: { type: "string" }, children: { type: "array", items: { type: "object" } } } },
  ],
  ["a $ref to itself", { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/b" }, b: { $ref: "#/$defs/a" } } }, { type: "string" }],
  [
    "a property named like a word of the language",
    { properties: { $ref: { type: "string" }, ["__proto__"]: { type: "boolean" } } },
    { type: "object", properties: { $ref: { type: "string" }, ["__proto__"]: { type: "boolean" } } },
  ],
];

for (const [name, schema, expected] of CASES) {
  test(`schema: ${name}`, () => {
    const converted = toResponseSchema(schema);
    assert.equal(JSON.stringify(sorted(converted)), JSON.stringify(sorted(expected)));
    assert.deepEqual(toResponseSchema(converted), converted);
  });
}

test("schema: parameters are an object, and none where there are none", () => {
  assert.equal(toParameters({}), undefined);
  assert.equal(toParameters({ type: "object", properties: {}, additionalProperties: false }), undefined);
  assert.deepEqual(toParameters({ properties: { a: {} } }), { type: "object", properties: { a: { type: "string" } } });
  assert.deepEqual(toParameters({ oneOf: [{ properties: { a: {} } }, { properties: { b: {} } }] }), {
    type: "object",
    properties: { a: { type: "string" }, b: { type: "string" } },
  });
});

test("schema: 2,000 properties all come through", () => {
  const properties = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`p${at}`, { type: "string", description: `${at}` }]));
  assert.equal(Object.keys(asObject(toParameters({ properties })?.properties) ?? {}).length, 2000);
});

test("schema: what would grow without end is cut", () => {
  const wide = { type: "object", properties: { a: { $ref: "#/$defs/x" }, b: { $ref: "#/$defs/y" } } };
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, at) => [
      `d${at}`,
      { properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
    ]),
  );
  const grown = toResponseSchema({ ...wide, properties: { a: { $ref: "#/$defs/d0" } }, $defs });
  assert.ok(JSON.stringify(grown).length < 2_000_000);
  const joined = { allOf: [{ $ref: "#/$defs/x" }, { $ref: "#/$defs/x" }, { $ref: "#/$defs/y" }] };
  assert.ok(
    JSON.stringify(toResponseSchema({ ...joined, $defs: { x: { ...wide, ...joined }, y: { ...wide, ...joined } } })).length < 100_000,
  );
  assert.ok(JSON.stringify(toResponseSchema(nested(500))).length < 100_000);
});

const name = fc.constantFrom("a", "b", "c", "__proto__", "$ref", "type");
const value = fc.oneof(fc.constantFrom("a", "b", ""), fc.integer({ min: -3, max: 3 }), fc.boolean(), fc.constant(null));
const ref = fc.constantFrom("#", "#/$defs/a", "#/$defs/b", "#/$defs/c/properties/a", "#/$defs/%zz", "#/definitions/a", "other.json");
const type = fc.constantFrom("object", "array", "string", "number", "integer", "boolean", "null", "OBJECT", "any");

const { schema } = fc.letrec<{ schema: unknown; node: unknown }>((tie) => ({
  schema: fc.oneof({ depthSize: "small", withCrossShrink: true }, fc.constantFrom<unknown>(true, false, {}, "x", null), tie("node")),
  node: fc.record(
    {
      type: fc.oneof(type, fc.array(type, { maxLength: 3 })),
      properties: fc.dictionary(name, tie("schema"), { maxKeys: 3, noNullPrototype: true }),
      required: fc.array(name, { maxLength: 3 }),
      propertyOrdering: fc.array(name, { maxLength: 3 }),
      items: fc.oneof(tie("schema"), fc.array(tie("schema"), { maxLength: 2 })),
      prefixItems: fc.array(tie("schema"), { maxLength: 2 }),
      anyOf: fc.array(tie("schema"), { maxLength: 3 }),
      oneOf: fc.array(tie("schema"), { maxLength: 3 }),
      allOf: fc.array(tie("schema"), { maxLength: 3 }),
      not: tie("schema"),
      $ref: ref,
      $defs: fc.dictionary(name, tie("schema"), { maxKeys: 3, noNullPrototype: true }),
      enum: fc.array(value, { maxLength: 4 }),
      const: value,
      description: fc.string({ maxLength: 4 }),
      title: fc.string({ maxLength: 4 }),
      nullable: fc.boolean(),
      format: fc.constantFrom("date-time", "uri", "int32", "float"),
      minimum: fc.integer(),
      exclusiveMinimum: fc.oneof(fc.integer(), fc.boolean()),
      exclusiveMaximum: fc.integer(),
      minLength: fc.integer({ min: -1, max: 3 }),
      maxItems: fc.double(),
      pattern: fc.constant("^a"),
      default: value,
      additionalProperties: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
}));

test("schema: whatever it is given, only words of the subset remain, and the second time nothing changes", () => {
  fc.assert(
    fc.property(schema, (given) => {
      const converted = toResponseSchema((asObject(given) ?? {}) as JsonObject);
      checkSubset(converted);
      assert.deepEqual(toResponseSchema(converted), converted);
      const parameters = toParameters((asObject(given) ?? {}) as JsonObject);
      if (parameters === undefined) return;
      checkSubset(parameters);
      assert.equal(parameters.type, "object");
      assert.deepEqual(toParameters(parameters), parameters);
    }),
    { numRuns: 1500 },
  );
});

test("schema: any JSON at all is taken", () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom("type", "properties", "items", "anyOf", "allOf", "$ref", "enum", "required"), fc.jsonValue()),
      (given) => {
        checkSubset(toResponseSchema(given as JsonObject));
      },
    ),
  );
});

const WORDS: Readonly<Record<string, readonly string[]>> = {
  object: ["properties", "required", "propertyOrdering", "minProperties", "maxProperties"],
  array: ["items", "minItems", "maxItems"],
  string: ["enum", "format", "minLength", "maxLength"],
  number: ["format", "minimum", "maximum"],
  integer: ["format", "minimum", "maximum"],
  boolean: [],
};

/** The rules of the subset, each said anew. */
function checkSubset(given: unknown): void {
  const node = asObject(given);
  assert.ok(node !== undefined);
  const words = node.anyOf === undefined ? WORDS[String(node.type)] : ["anyOf"];
  assert.ok(words !== undefined, `type ${String(node.type)}`);
  const allowed = new Set([...words, "description", "nullable", ...(node.anyOf === undefined ? ["type"] : [])]);
  for (const word of Object.keys(node)) assert.ok(allowed.has(word), `${word} beside ${String(node.type)}`);
  for (const each of asArray(node.enum) ?? []) assert.ok(typeof each === "string" && each !== "");
  if (node.anyOf !== undefined) assert.ok((asArray(node.anyOf) ?? []).length > 1);
  for (const option of asArray(node.anyOf) ?? []) checkSubset(option);
  if (node.type === "array") checkSubset(node.items);
  const properties = node.properties === undefined ? undefined : (asObject(node.properties) ?? {});
  if (properties === undefined) return assert.equal(node.required, undefined);
  assert.ok(Object.keys(properties).length > 0);
  for (const property of Object.values(properties)) checkSubset(property);
  for (const each of asArray(node.required) ?? []) assert.ok(Object.hasOwn(properties, String(each)));
}

function nested(depth: number): JsonObject {
  let schemaOf: JsonObject = { type: "string" };
  for (let at = 0; at < depth; at += 1) schemaOf = { type: "object", properties: { next: schemaOf }, items: { anyOf: [schemaOf] } };
  return schemaOf;
}

function sorted(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(sorted);
  const fields = asObject(json);
  if (fields === undefined) return json;
  return Object.entries(fields)
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([key, inner]) => [key, sorted(inner)]);
}
