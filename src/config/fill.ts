import { lazy, type Env } from "#config/expand.ts";
import { childSchema, isFree } from "#config/normalise.ts";
import { SCHEMA, type Config } from "#config/schema.ts";
import type { ConfigSchema } from "#config/schema-type.ts";
import { printOrigin, printPath, toJson, toNode, type ConfigNode, type Origin, type Step } from "#config/tree.ts";

/** The configuration that a checked tree describes, with the schema's defaults where it says nothing. Blank texts count as absent. */
export const toConfig = (node: ConfigNode, env: Env): Config =>
  // The schema that the tree was checked against is the one that `Config` is made from.
  filled(node, SCHEMA, { env, path: [] }) as Config;

type Place = { readonly env: Env; readonly path: readonly Step[] };

function filled(node: ConfigNode, schema: ConfigSchema, place: Place): unknown {
  if (isFree(schema)) return lazy(toJson(node), expansionAt(node, place));
  switch (node.kind) {
    case "list":
      return node.items.map((item, at) => filled(item, schema.items ?? {}, { ...place, path: [...place.path, at] }));
    case "table":
      return filledTable(node, schema, place);
    case "scalar":
      return schema.type === "string" && schema["x-plain"] !== true ? lazy(String(node.value), expansionAt(node, place)) : node.value;
  }
}

function filledTable(node: Extract<ConfigNode, { kind: "table" }>, schema: ConfigSchema, place: Place): unknown {
  const values: Record<string, unknown> = {};
  const add = (key: string, child: ConfigNode) => {
    const childType = childSchema(schema, key);
    if (childType === undefined || isBlank(child)) return;
    const value = filled(child, childType, { ...place, path: [...place.path, key] });
    // Defined and not assigned: a table may have a key like `__proto__`.
    Object.defineProperty(values, key, { value, enumerable: true, configurable: true, writable: true });
  };
  for (const [key, child] of node.entries) add(key, child);
  for (const [key, { default: standard }] of Object.entries(schema.properties ?? {})) {
    if (standard !== undefined && !Object.hasOwn(values, key)) add(key, toNode(standard, DEFAULT));
  }
  return values;
}

const isBlank = (node: ConfigNode): boolean => node.kind === "scalar" && (node.value === null || node.value === "");

const DEFAULT: Origin = { kind: "flag", layer: "flag", name: "the default" };

const expansionAt = (node: ConfigNode, { env, path }: Place) => ({ env, place: `${printPath(path)} (${printOrigin(node.origin)})` });
