import { parseJson, type Json } from "#base/json.ts";
import type { ConfigSchema } from "#config/schema-type.ts";

/**
 * A text from a variable or the command line as the value that the schema wants: a number, a switch, a list (as JSON, or with commas), a table
 * (as JSON). What does not fit stays a text, for the check to complain about.
 */
export function coerce(text: string, schema: ConfigSchema): Json {
  const trimmed = text.trim();
  if (schema.anyOf !== undefined) {
    const number = schema.anyOf.some(({ type }) => type === "number" || type === "integer") ? toNumber(trimmed) : undefined;
    return number ?? text;
  }
  switch (schema.type) {
    case "number":
    case "integer":
      return toNumber(trimmed) ?? text;
    case "boolean":
      return SWITCHES[trimmed.toLowerCase()] ?? text;
    case "array":
      return toList(trimmed, schema.items ?? {}) ?? text;
    case "object":
      return toJsonValue(trimmed) ?? text;
    case "string":
    case "null":
      return text;
    default:
      return schema.enum === undefined && schema.const === undefined ? (toJsonValue(trimmed) ?? text) : text;
  }
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  yes: true,
  on: true,
  false: false,
  "0": false,
  no: false,
  off: false,
};

const toNumber = (text: string): number | undefined =>
  /^-?\d[\d_]*(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text.replaceAll("_", "")) : undefined;

/** `JSON.parse` gives JSON and nothing else. */
const toJsonValue = (text: string): Json | undefined => parseJson(text) as Json | undefined;

function toList(text: string, items: ConfigSchema): Json | undefined {
  if (text.startsWith("[")) return toJsonValue(text);
  if (items.type === "object") return undefined;
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "")
    .map((each) => coerce(each, items));
}
