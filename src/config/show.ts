import type { Json } from "#base/json.ts";
import { nearest } from "#base/nearest.ts";
import { UsageError } from "#base/usage-error.ts";
import { variablesIn } from "#config/expand.ts";
import { canonicalPath, childSchema } from "#config/normalise.ts";
import { SCHEMA } from "#config/schema.ts";
import type { ConfigSchema } from "#config/schema-type.ts";
import { findNode, parsePath, printOrigin, printPath, type ConfigNode, type Step } from "#config/tree.ts";

/** One setting as it may be shown: secrets are masked, but for the variables that they come from. */
export type Shown = { readonly path: string; readonly value: Json; readonly origin: string };

/** A key that a user names, in the schema's words. Throws `UsageError` with the nearest names for what no key can be. */
export function requirePath(text: string): { readonly path: readonly Step[]; readonly schema: ConfigSchema } {
  const written = parsePath(text);
  if (written === undefined) throw new UsageError(`${JSON.stringify(text)} is no key`, "Keys look like reliability.provider_retries.");
  const { path, schema } = canonicalPath(written, SCHEMA);
  if (schema !== undefined) return { path, schema };
  const known = path.findIndex((_, at) => canonicalPath(path.slice(0, at + 1), SCHEMA).schema === undefined);
  const table = canonicalPath(path.slice(0, known), SCHEMA).schema;
  const near = nearest(String(path[known]), Object.keys(table?.properties ?? {}));
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map((key) => printPath([...path.slice(0, known), key])).join(" or ")}?`;
  throw new UsageError(`there is no key ${printPath(path)}`, `docs/configuration.md lists them.${hint}`);
}

/** What a key is set to, or its default; `undefined` where it has neither. */
export function showSetting(tree: ConfigNode, text: string): Shown | undefined {
  const { path, schema } = requirePath(text);
  const { node, rest } = findNode(tree, path);
  const name = printPath(path);
  if (rest.length === 0) return { path: name, value: shown(node, schema), origin: printOrigin(node.origin) };
  return schema.default === undefined ? undefined : { path: name, value: schema.default, origin: "default" };
}

/** All that is set, one entry for each value or list. */
export const showAll = (tree: ConfigNode): readonly Shown[] => leaves(tree, SCHEMA, []);

function leaves(node: ConfigNode, schema: ConfigSchema | undefined, path: readonly Step[]): readonly Shown[] {
  if (node.kind === "table" && node.entries.size > 0 && schema !== undefined && hasKnownKeys(schema)) {
    return [...node.entries].flatMap(([key, child]) => leaves(child, childSchema(schema, key), [...path, key]));
  }
  if (path.length === 0) return [];
  return [{ path: printPath(path), value: shown(node, schema), origin: printOrigin(node.origin) }];
}

const hasKnownKeys = ({ properties, additionalProperties }: ConfigSchema): boolean =>
  properties !== undefined || (additionalProperties !== undefined && additionalProperties !== false);

function shown(node: ConfigNode, schema: ConfigSchema | undefined): Json {
  if (schema?.writeOnly === true) return isReference(node) ? node.value : "***";
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, child]) => [key, shown(child, childSchema(schema, key))]));
    case "list":
      return node.items.map((item) => shown(item, schema?.items));
    case "scalar":
      return node.value;
  }
}

/** A text that is nothing but a variable gives nothing away. */
const isReference = (node: ConfigNode): node is Extract<ConfigNode, { kind: "scalar" }> =>
  node.kind === "scalar" &&
  typeof node.value === "string" &&
  node.value ===
    variablesIn(node.value)
      .map((name) => `\${${name}}`)
      .join("") &&
  node.value !== "";
