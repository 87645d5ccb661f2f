import { asArray, asNumber, asObject, asString, type Json, type JsonObject } from "#base/json.ts";
import { SchemaRefs } from "#wires/google-generate/schema-refs.ts";
import type { Node } from "#wires/google-generate/schema-join.ts";

/** A tool's parameters in Gemini's schema subset; `undefined` where there are none: an object must have properties. Never throws. */
export function toParameters(schema: JsonObject): JsonObject | undefined {
  const { nullable: _, ...parameters } = new Converter(schema).convert({ ...schema, type: "object" });
  return parameters.properties === undefined ? undefined : parameters;
}

/**
 * A JSON Schema in Gemini's subset (ai.google.dev/api/caching#Schema). `$ref`s into the schema itself are put in place, and end where they
 * come round again; `allOf` is joined, `oneOf` becomes `anyOf`, null becomes `nullable`, `const` an `enum`. What the subset has no word for
 * is left out, so that the result allows more; only what names no type becomes a string. Never throws; applied twice it gives the same.
 */
export const toResponseSchema = (schema: JsonObject): JsonObject => new Converter(schema).convert(schema);

/** Depth of nesting, and nodes in all, up to which a schema is read; what lies beyond keeps its type only. */
const DEPTH_LIMIT = 32;
const NODE_LIMIT = 20_000;
/** Numbers of an `enum` that are told in the description: the subset has enums of strings alone. */
const TOLD_VALUES = 20;

type Type = "object" | "array" | "string" | "number" | "integer" | "boolean";
const TYPES: readonly Type[] = ["object", "array", "string", "number", "integer", "boolean"];

class Converter {
  readonly #refs: SchemaRefs;
  #nodes = 0;

  constructor(root: JsonObject) {
    this.#refs = new SchemaRefs(root);
  }

  convert(schema: unknown, depth = 0): JsonObject {
    this.#nodes += 1;
    const [node, leave] = this.#refs.enter(schema);
    const result = depth > DEPTH_LIMIT || this.#nodes > NODE_LIMIT ? leaf(node) : this.#convert(node, depth);
    leave();
    return result;
  }

  #convert(node: Node, depth: number): JsonObject {
    const options = asArray(node.anyOf) ?? asArray(node.oneOf);
    if (options !== undefined && !isTyped(node)) return this.#anyOf(node, options, depth);
    const types = typesOf(node);
    const given = types.filter((type) => type !== "null");
    const isNullable = node.nullable === true || given.length < types.length;
    if (given.length > 1) {
      const { type: _, description, nullable: __, ...rest } = node;
      return this.#anyOf(
        { description, nullable: isNullable },
        given.map((type) => ({ ...rest, type })),
        depth,
      );
    }
    const [type = "string"] = given;
    const whole = type === "object" && options !== undefined ? { ...node, properties: allProperties(node, options, this.#refs) } : node;
    return described(whole, isNullable || hasNull(node), this.#typed(type, whole, depth));
  }

  /** One option stands for itself, options that are all strings of a list become one list. */
  #anyOf(node: Node, options: readonly unknown[], depth: number): JsonObject {
    const results = options.filter((option) => !isNull(option)).map((option) => this.convert(option, depth + 1));
    const isNullable = node.nullable === true || results.length < options.length || results.some((result) => result.nullable === true);
    const flat = distinct(results.flatMap(flattened));
    if (flat.length === 0) return described(node, isNullable, { type: "string" });
    const values = flat.flatMap(({ type, enum: each }) => (type === "string" && Array.isArray(each) ? [each] : []));
    const [first = {}] = flat;
    if (flat.length === 1) return described({ description: asString(node.description) ?? first.description }, isNullable, first);
    if (values.length === flat.length) return described(node, isNullable, { type: "string", enum: [...new Set(values.flat())] });
    return described(node, isNullable, { anyOf: flat });
  }

  #typed(type: Type, node: Node, depth: number): JsonObject {
    switch (type) {
      case "object":
        return this.#object(node, depth);
      case "array":
        return { type, items: this.#items(node, depth), ...sizes(node, ["minItems", "maxItems"]) };
      case "string":
        return { type, ...stringEnum(node), ...format(node, ["date-time", "enum"]), ...sizes(node, ["minLength", "maxLength"]) };
      case "number":
        return { type, ...format(node, ["float", "double"]), ...bounds(node, 0) };
      case "integer":
        return { type, ...format(node, ["int32", "int64"]), ...bounds(node, 1) };
      case "boolean":
        return { type };
    }
  }

  #object(node: Node, depth: number): JsonObject {
    const entries = Object.entries(asObject(node.properties) ?? {});
    if (entries.length === 0) return { type: "object" };
    const properties = Object.fromEntries(entries.map(([name, property]) => [name, this.convert(property, depth + 1)]));
    const names = (field: unknown): readonly string[] =>
      [
        ...new Set((asArray(field) ?? []).filter((name) => typeof name === "string" && Object.hasOwn(properties, name))),
      ] as readonly string[];
    const required = names(node.required);
    const ordering = names(node.propertyOrdering);
    return {
      type: "object",
      properties,
      ...(required.length === 0 ? {} : { required }),
      ...(ordering.length === entries.length ? { propertyOrdering: ordering } : {}),
      ...sizes(node, ["minProperties", "maxProperties"]),
    };
  }

  /** The kinds of a tuple's places become those that any item may have. */
  #items(node: Node, depth: number): JsonObject {
    const places = asArray(node.prefixItems) ?? asArray(node.items);
    return this.convert(places === undefined ? node.items : { anyOf: places }, depth + 1);
  }
}

/** What is left of a schema that is not read any further. */
function leaf(node: Node): JsonObject {
  const type = typesOf(node).find((each) => each !== "null") ?? "string";
  return type === "array" ? { type, items: { type: "string" } } : { type };
}

const isTyped = ({ type, properties, items }: Node): boolean =>
  type !== undefined || asObject(properties) !== undefined || asObject(items) !== undefined;

/** Several objects to choose from beside properties of their own: all their properties may be there. */
function allProperties(node: Node, options: readonly unknown[], refs: SchemaRefs): Record<string, unknown> {
  const found = options.map((option) => asObject(refs.resolve(option).properties) ?? {});
  return Object.fromEntries([...found, asObject(node.properties) ?? {}].flatMap((properties) => Object.entries(properties)));
}

/** The types that a schema names, or else the one that its other words mean. */
function typesOf(node: Node): readonly (Type | "null")[] {
  const named = new Set((asArray(node.type) ?? [node.type]).map((type) => asString(type)?.toLowerCase()));
  const known = [...TYPES, "null" as const].filter((type) => named.has(type));
  // Every integer is a number as well.
  if (known.length > 0) return known.filter((type) => type !== "integer" || !known.includes("number"));
  const hint = HINTS.find(([words]) => words.some((word) => node[word] !== undefined))?.[1];
  return [hint ?? typeOfValues(valuesOf(node))];
}

const HINTS: readonly (readonly [words: readonly string[], type: Type])[] = [
  [["properties", "additionalProperties", "patternProperties", "minProperties", "maxProperties"], "object"],
  [["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"], "array"],
  [["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"], "number"],
];

function typeOfValues(values: readonly unknown[]): Type {
  const given = values.filter((value) => value !== null);
  if (given.length === 0) return "string";
  if (given.every((value) => typeof value === "boolean")) return "boolean";
  if (given.every((value) => Number.isInteger(value))) return "integer";
  return given.every((value) => typeof value === "number") ? "number" : "string";
}

const valuesOf = (node: Node): readonly unknown[] => (node.const === undefined ? (asArray(node.enum) ?? []) : [node.const]);

const hasNull = (node: Node): boolean => valuesOf(node).includes(null);

function isNull(schema: unknown): boolean {
  const node = asObject(schema) ?? {};
  const values = valuesOf(node);
  return node.type === "null" || (values.length > 0 && values.every((value) => value === null));
}

/** Numbers and texts beside each other are all written as text; the empty text is refused. */
function stringEnum(node: Node): JsonObject {
  const values = valuesOf(node).filter((value) => value !== null && typeof value !== "object");
  const texts = new Set(values.map(String));
  return texts.size === 0 || texts.has("") ? {} : { enum: [...texts] };
}

function format(node: Node, known: readonly string[]): JsonObject {
  const named = known.find((each) => each === node.format);
  return named === undefined ? {} : { format: named };
}

function sizes(node: Node, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    names.flatMap((name) => {
      const size = asNumber(node[name]) ?? -1;
      return Number.isSafeInteger(size) && size >= 0 ? [[name, size]] : [];
    }),
  );
}

/** The subset knows no exclusive bounds: whole numbers move by one `step`, others allow the bound itself. */
function bounds(node: Node, step: 0 | 1): JsonObject {
  const least = [asNumber(node.minimum), raised(node.exclusiveMinimum, step)].filter((bound) => bound !== undefined);
  const most = [asNumber(node.maximum), raised(node.exclusiveMaximum, -step)].filter((bound) => bound !== undefined);
  return {
    ...(least.length === 0 ? {} : { minimum: Math.max(...least) }),
    ...(most.length === 0 ? {} : { maximum: Math.min(...most) }),
  };
}

function raised(bound: unknown, by: number): number | undefined {
  const number = asNumber(bound);
  return number === undefined ? undefined : number + by;
}

/** An option that is a choice itself, as its own options. */
function flattened(result: JsonObject): readonly JsonObject[] {
  const { nullable: _, anyOf, ...option } = result;
  // What was converted holds schemas there.
  return Array.isArray(anyOf) ? (anyOf as readonly JsonObject[]) : [option];
}

function distinct(schemas: readonly JsonObject[]): readonly JsonObject[] {
  return [...new Map(schemas.map((schema) => [JSON.stringify(schema), schema])).values()];
}

/** Puts the words that every schema may have before the others. */
function described(node: Node, isNullable: boolean, result: JsonObject): JsonObject {
  const { description: _, ...schema } = result;
  const description = descriptionOf(node, schema.type);
  return { ...(description === "" ? {} : { description }), ...schema, ...(isNullable ? { nullable: true } : {}) };
}

function descriptionOf(node: Node, type: Json | undefined): string {
  const said = asString(node.description) ?? "";
  const numbers = type === "number" || type === "integer" ? valuesOf(node).filter((value) => typeof value === "number") : [];
  if (numbers.length === 0 || numbers.length > TOLD_VALUES) return said;
  return `${said}${said === "" ? "" : " "}One of: ${numbers.join(", ")}.`;
}
