import { isObject, type Json, type JsonObject } from "#base/json.ts";
import type { Quirks } from "#wires/quirks.ts";

type Rules = NonNullable<Quirks["toolSchema"]>;

/** A tool's JSON Schema in the dialect that the provider takes. Where something must go, the schema only gets wider. */
export function fitSchema(schema: JsonObject, rules: Rules): JsonObject {
  const fitted = fit(schema, { rules, root: schema, depth: 0 });
  return isJsonObject(fitted) ? fitted : schema;
}

/** Nesting at which a schema becomes "anything": references may go in circles. */
const DEPTH_LIMIT = 24;

const REFERENCES = ["$ref", "$defs", "definitions", "$schema", "$id", "$anchor", "$comment"];

const BEYOND_SUBSET = [
  "additionalProperties",
  "patternProperties",
  "unevaluatedProperties",
  "propertyNames",
  "const",
  "not",
  "if",
  "then",
  "else",
  "oneOf",
  "allOf",
  "default",
  "examples",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "uniqueItems",
  "prefixItems",
  "dependentRequired",
  "dependentSchemas",
  "contains",
  "minContains",
  "maxContains",
];

/** Keywords that a dialect lacks. */
const DROPPED: Readonly<Record<Rules, ReadonlySet<string>>> = {
  "inline-refs": new Set(REFERENCES),
  subset: new Set([...REFERENCES, ...BEYOND_SUBSET]),
  "no-lengths": new Set(["minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"]),
  strict: new Set(["default", "examples"]),
};

/** Keywords under which names stand that are the user's own, each with a schema. */
const NAMED = new Set(["properties", "$defs", "definitions", "patternProperties"]);
/** Keywords whose value is data and no schema. */
const DATA = new Set(["enum", "const", "default", "examples", "required"]);

type Place = { readonly rules: Rules; readonly root: JsonObject; readonly depth: number };

function fit(value: Json, place: Place): Json {
  if (isList(value)) return value.map((each) => fit(each, { ...place, depth: place.depth + 1 }));
  if (!isJsonObject(value)) return value;
  if (place.depth > DEPTH_LIMIT) return {};
  const inlined = inlines(place.rules) ? resolved(value, place.root) : value;
  const fitted: Record<string, Json> = {};
  for (const [key, member] of Object.entries(inlined)) {
    if (!DROPPED[place.rules].has(key)) fitted[key] = DATA.has(key) ? member : fitMember(key, member, place);
  }
  return place.rules === "subset" ? widened(inlined, fitted, place) : place.rules === "strict" ? closed(fitted) : fitted;
}

const inlines = (rules: Rules): boolean => rules === "inline-refs" || rules === "subset";

function fitMember(key: string, member: Json, place: Place): Json {
  const below = { ...place, depth: place.depth + 1 };
  if (!NAMED.has(key) || !isJsonObject(member)) return fit(member, below);
  return Object.fromEntries(Object.entries(member).map(([name, schema]) => [name, fit(schema, below)]));
}

/** What a `$ref` within the schema names, with what stands beside it; anything else as it is. */
function resolved(schema: JsonObject, root: JsonObject): JsonObject {
  const ref = schema["$ref"];
  if (typeof ref !== "string" || !ref.startsWith("#/")) return schema;
  let at: Json | undefined = root;
  for (const step of ref.slice(2).split("/")) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    at = isJsonObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  }
  return isJsonObject(at) ? { ...at, ...schema, ...(typeof at["$ref"] === "string" ? { $ref: at["$ref"] } : {}) } : schema;
}

/** What Google's subset can still say of the keywords it lacks. */
function widened(schema: JsonObject, fitted: Record<string, Json>, place: Place): JsonObject {
  const { oneOf, type } = schema;
  const constant = schema["const"];
  if (isList(oneOf)) fitted["anyOf"] = fit(oneOf, { ...place, depth: place.depth + 1 });
  if (typeof constant === "string") fitted["enum"] = [constant];
  if (isList(type)) {
    const types = type.filter((each) => each !== "null");
    if (types.length < type.length) fitted["nullable"] = true;
    if (types.length === 1 && types[0] !== undefined) fitted["type"] = types[0];
    else delete fitted["type"];
  }
  return fitted;
}

/** Strict modes want every property named as required and no other allowed. */
function closed(schema: JsonObject): JsonObject {
  const properties = schema["properties"];
  if (schema["type"] !== "object" && properties === undefined) return schema;
  return {
    ...schema,
    properties: properties ?? {},
    required: isJsonObject(properties) ? Object.keys(properties) : [],
    additionalProperties: false,
  };
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

// Parsed JSON has nothing but JSON in it.
const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);
