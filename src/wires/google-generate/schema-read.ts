import { asArray, asObject, isObject, type Json, type JsonObject } from "#base/json.ts";

/** Deeper schemas keep what lies below as it came. */
const DEPTH_LIMIT = 64;

/**
 * Gemini's subset as the JSON Schema that other wires know: types in small letters, `nullable` as the type null beside the others. Never
 * throws.
 */
export function fromGeminiSchema(schema: JsonObject, depth = 0): JsonObject {
  if (depth > DEPTH_LIMIT) return schema;
  const { nullable, ...rest } = schema;
  const inner = (value: Json): Json => (isObject(value) ? fromGeminiSchema(value, depth + 1) : value);
  const { properties, items, anyOf, type } = rest;
  const read: JsonObject = {
    ...rest,
    ...(typeof type === "string" ? { type: type.toLowerCase() } : {}),
    ...(asObject(properties) === undefined ? {} : { properties: mapped(properties, inner) }),
    ...(isObject(items) ? { items: inner(items) } : {}),
    ...(Array.isArray(anyOf) ? { anyOf: anyOf.map(inner) } : {}),
  };
  return nullable === true ? withNull(read) : read;
}

const mapped = (fields: Json | undefined, read: (value: Json) => Json): JsonObject =>
  Object.fromEntries(Object.entries(fields as JsonObject).map(([name, value]) => [name, read(value)]));

function withNull(schema: JsonObject): JsonObject {
  const { type, anyOf, enum: values } = schema;
  const listed = asArray(values) === undefined ? {} : { enum: [...(values as readonly Json[]), null] };
  if (typeof type === "string") return { ...schema, type: [type, "null"], ...listed };
  return Array.isArray(anyOf) ? { ...schema, anyOf: [...anyOf, { type: "null" }] } : schema;
}
