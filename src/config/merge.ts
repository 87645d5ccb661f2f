import type { Json } from "#base/json.ts";
import { nearest } from "#base/nearest.ts";
import { coerce } from "#config/coerce.ts";
import type { Env } from "#config/expand.ts";
import { canonicalPath, normalise } from "#config/normalise.ts";
import { SCHEMA } from "#config/schema.ts";
import { toNode, type ConfigNode, type Origin, type Problem, type Step } from "#config/tree.ts";

/** `high` over `low`: tables are joined, everything else is replaced as a whole. */
export function merge(low: ConfigNode, high: ConfigNode): ConfigNode {
  if (low.kind !== "table" || high.kind !== "table") return high;
  const entries = new Map(low.entries);
  for (const [key, child] of high.entries) {
    const known = entries.get(key);
    entries.set(key, known === undefined ? child : merge(known, child));
  }
  return { ...high, entries };
}

/** Settings from outside the files, each as a tree of its own; and the variables that look like settings and are none. */
export type Outside = { readonly nodes: readonly ConfigNode[]; readonly problems: readonly Problem[] };

/**
 * What the environment sets: `FACTORY_RELIABILITY__PROVIDER_RETRIES=3`, and another program's `FACIO_MODEL` and `FACIO_…`, which are weaker.
 * Blank variables count as absent. Variables that name no setting are left alone, unless they come close to one.
 */
export function fromEnvironment(env: Env): Outside {
  const nodes: ConfigNode[] = [];
  const problems: Problem[] = [];
  for (const { prefix, names, strict } of PREFIXES) {
    for (const [name, value] of Object.entries(env).sort(([left], [right]) => (left < right ? -1 : 1))) {
      if (!name.startsWith(prefix) || value === undefined || value.trim() === "") continue;
      const rest = name.slice(prefix.length);
      const origin: Origin = { kind: "variable", layer: "environment", name };
      const path = names[rest] ?? rest.split("__").map((step) => step.toLowerCase());
      const setting = settingAt(path, { text: value, origin });
      if (setting !== undefined) nodes.push(setting);
      else if (strict && !OTHERS.has(rest)) {
        const near = nearest(rest.toLowerCase(), Object.keys(SCHEMA.properties), 1).map((key) => prefix + key.toUpperCase());
        const message = `is no setting${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`;
        if (near.length > 0 || rest.includes("__")) problems.push({ origin, path: name, message });
      }
    }
  }
  return { nodes, problems };
}

/** A value that a flag sets. `name` is the flag as it is written. */
export type Flag = { readonly name: string; readonly path: readonly Step[]; readonly value: Json };

export const fromFlags = (flags: readonly Flag[]): readonly ConfigNode[] =>
  flags.map(({ name, path, value }) => nested(path, toNode(value, { kind: "flag", layer: "flag", name })));

type Prefix = {
  readonly prefix: string;
  /** Names that are no paths. */
  readonly names: Readonly<Record<string, readonly string[]>>;
  /** Whether a name that is no setting is told. */
  readonly strict: boolean;
};

/** The weakest first. */
const PREFIXES: readonly Prefix[] = [
  { prefix: "FACIO_", names: { MODEL: ["agents", "defaults", "model"], PROVIDER: ["agents", "defaults", "provider"] }, strict: false },
  { prefix: "FACTORY_", names: {}, strict: true },
];

/** Variables of ours that are no settings. */
const OTHERS = new Set(["HOME", "DEBUG"]);

function settingAt(path: readonly string[], { text, origin }: { readonly text: string; readonly origin: Origin }): ConfigNode | undefined {
  const { path: canonical, schema } = canonicalPath(path, SCHEMA);
  if (schema === undefined) return undefined;
  return nested(canonical, normalise(toNode(coerce(text, schema), origin), schema).node);
}

/** The node below tables for each step of its path. */
const nested = (path: readonly Step[], node: ConfigNode): ConfigNode =>
  path.toReversed().reduce<ConfigNode>(
    (inner, step) => ({
      kind: "table",
      origin: node.origin,
      written: [],
      entries: new Map([[String(step), inner]]),
    }),
    node,
  );
