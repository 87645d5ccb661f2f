import type { ConfigSchema } from "#config/schema-type.ts";
import { twice, type ConfigNode, type Problem, type Step } from "#config/tree.ts";

/** A tree in our own words, and what stood twice once it was. */
export type Normalised = { readonly node: ConfigNode; readonly problems: readonly Problem[] };

/**
 * The tree with our names for its keys: camelCase and other programs' names become the schema's, slugs get one spelling. A `null` is as if
 * absent. Keys that no schema knows stay as they are.
 */
export function normalise(node: ConfigNode, schema: ConfigSchema | undefined): Normalised {
  const problems: Problem[] = [];
  return { node: renamed(node, schema, problems), problems };
}

/** The schema's name for a key. */
export function canonicalKey(key: string, schema: ConfigSchema | undefined): string {
  if (schema === undefined) return key;
  const { properties } = schema;
  if (properties === undefined) return schema["x-keys"] === "slug" ? slugOf(key) : key;
  if (Object.hasOwn(properties, key)) return key;
  const snake = toSnake(key);
  if (Object.hasOwn(properties, snake)) return snake;
  return Object.entries(properties).find(([, each]) => each["x-names"]?.includes(snake))?.[0] ?? key;
}

/** A path in the schema's names, with the schema of what it leads to; that is `undefined` for an unknown key. */
export function canonicalPath(
  path: readonly Step[],
  root: ConfigSchema,
): { readonly path: readonly Step[]; readonly schema: ConfigSchema | undefined } {
  let schema: ConfigSchema | undefined = root;
  const canonical: Step[] = [];
  for (const step of path) {
    const inList: boolean = typeof step === "number" && schema?.items !== undefined;
    const key: Step = inList ? step : canonicalKey(String(step), schema);
    canonical.push(key);
    schema = inList ? schema?.items : childSchema(schema, String(key));
  }
  return { path: canonical, schema };
}

/** What the schema says about a key of a table, given in the schema's own name. */
export function childSchema(schema: ConfigSchema | undefined, key: string): ConfigSchema | undefined {
  if (schema?.properties !== undefined && Object.hasOwn(schema.properties, key)) return schema.properties[key];
  return schema?.additionalProperties === false ? undefined : schema?.additionalProperties;
}

/** Whether anything at all may stand below: a table or value of another program. */
export const isFree = (schema: ConfigSchema): boolean =>
  schema.properties === undefined &&
  schema.additionalProperties === undefined &&
  schema.items === undefined &&
  (schema.type === undefined || schema.type === "object") &&
  schema.enum === undefined &&
  schema.anyOf === undefined &&
  schema.const === undefined;

/** One spelling for slugs and labels: `azure_openai`, `azureOpenai` and `Azure-OpenAI` are the same. */
export const slugOf = (name: string): string =>
  (/^[a-z][a-z0-9]*[A-Z]/.test(name) ? toSnake(name) : name.toLowerCase()).replaceAll("_", "-");

export const toSnake = (key: string): string =>
  key
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll("-", "_")
    .toLowerCase();

function renamed(node: ConfigNode, schema: ConfigSchema | undefined, problems: Problem[]): ConfigNode {
  if (schema === undefined || isFree(schema)) return node;
  if (node.kind === "list") return { ...node, items: node.items.map((item) => renamed(item, schema.items, problems)) };
  if (node.kind === "scalar") return node;
  const entries = new Map<string, ConfigNode>();
  for (const [written, child] of node.entries) {
    if (child.kind === "scalar" && child.value === null) continue;
    const key = canonicalKey(written, schema);
    const first = entries.get(key);
    if (first === undefined) entries.set(key, renamed(child, childSchema(schema, key), problems));
    else problems.push(twice([...node.written, key], child.origin, first.origin));
  }
  return { ...node, entries };
}
