import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "#base/json.ts";
import { fitSchema } from "#wires/openai-chat/tool-schema.ts";

const SCHEMA: JsonObject = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  type: "object",
  additionalProperties: false,
  $defs: { point: { type: "object", properties: { x: { type: "number", default: 1 } } } },
  properties: {
    at: { $ref: "#/$defs/point", description: "where" },
    default: { type: ["string", "null"], minLength: 2 },
    kind: { oneOf: [{ const: "a" }, { const: "b" }] },
  },
  required: ["at"],
};

test("inline-refs puts in what a reference names and keeps all else", () => {
  assert.deepEqual(fitSchema(SCHEMA, "inline-refs"), {
    type: "object",
    additionalProperties: false,
    properties: {
      at: { type: "object", properties: { x: { type: "number", default: 1 } }, description: "where" },
      default: { type: ["string", "null"], minLength: 2 },
      kind: { oneOf: [{ const: "a" }, { const: "b" }] },
    },
    required: ["at"],
  });
});

test("subset drops and rewrites what Google lacks, and a property may be called like a keyword", () => {
  assert.deepEqual(fitSchema(SCHEMA, "subset"), {
    type: "object",
    properties: {
      at: { type: "object", properties: { x: { type: "number" } }, description: "where" },
      default: { type: "string", nullable: true, minLength: 2 },
      kind: { anyOf: [{ enum: ["a"] }, { enum: ["b"] }] },
    },
    required: ["at"],
  });
});

test("no-lengths drops only lengths and counts", () => {
  const fitted = fitSchema({ type: "array", minItems: 1, items: { type: "string", maxLength: 3, pattern: "a" } }, "no-lengths");
  assert.deepEqual(fitted, { type: "array", items: { type: "string", pattern: "a" } });
});

test("strict closes every object", () => {
  const inner = { type: "object", properties: { a: { type: "string" } } };
  assert.deepEqual(fitSchema({ type: "object", properties: { inner } }, "strict"), {
    type: "object",
    properties: { inner: { ...inner, required: ["a"], additionalProperties: false } },
    required: ["inner"],
    additionalProperties: false,
  });
});

test("references that go in circles, lead nowhere or to a prototype end", () => {
  const circle: JsonObject = { $defs: { a: { properties: { a: { $ref: "#/$defs/a" } } } }, properties: { a: { $ref: "#/$defs/a" } } };
  assert.ok(JSON.stringify(fitSchema(circle, "inline-refs")).length < 2000);
  assert.deepEqual(fitSchema({ properties: { a: { $ref: "#/nowhere" }, b: { $ref: "#/__proto__/x" } } }, "subset"), {
    properties: { a: {}, b: {} },
  });
});
