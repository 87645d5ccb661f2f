import { UsageError } from "#base/usage-error.ts";
import { check } from "#config/check.ts";
import type { Env } from "#config/expand.ts";
import { printProblem, readConfigFile } from "#config/load.ts";
import { canonicalKey, normalise, slugOf } from "#config/normalise.ts";
import { printToml } from "#config/print-toml.ts";
import { SCHEMA } from "#config/schema.ts";
import { printPath, toJson, type ConfigNode, type Origin, type TableNode } from "#config/tree.ts";
import { isObject, type JsonObject } from "#base/json.ts";

/** What was left out of an imported file, and why. */
type NotCarried = { readonly path: string; readonly origin: Origin; readonly why: string };

/** Another program's settings in our words, as TOML. */
export type Imported = { readonly toml: string; readonly notCarried: readonly NotCarried[] };

/**
 * Reads the file of another program, or one of ours in another spelling. What is read in any case (see docs/configuration.md) keeps its
 * meaning; the rest is told. `env` is only asked where a variable stands for a number. Throws `UsageError` for a file that cannot be read.
 */
export async function importConfig(file: string, env: Env): Promise<Imported> {
  const { root, problems: unreadable } = await readConfigFile(file, "explicit");
  const [first] = unreadable;
  if (root === undefined || first !== undefined) {
    throw new UsageError(first === undefined ? `${file} cannot be read` : printProblem(first), "Correct the file, or name another.");
  }
  const notCarried: NotCarried[] = [];
  const { node, problems: doubled } = normalise(moved(root, notCarried), SCHEMA);
  const { node: fit, problems } = check(node, SCHEMA, env);
  for (const { path, origin, message } of [...doubled, ...problems]) notCarried.push({ path, origin, why: message });
  const json = fit === undefined ? {} : toJson(fit);
  return { toml: printToml(isObject(json) ? (withoutEmpty(json) as JsonObject) : {}), notCarried };
}

/** The tree with what other programs keep in other places, less what we have no place for. */
function moved(root: TableNode, notCarried: NotCarried[]): TableNode {
  const entries = new Map<string, ConfigNode>();
  const tokens = new Map<string, ConfigNode>();
  for (const [key, child] of root.entries) {
    const snake = key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
    const [, provider] = /^([a-z0-9_]+)_token$/.exec(snake) ?? [];
    const home = MOVES[snake];
    const known = Object.hasOwn(SCHEMA.properties, canonicalKey(key, SCHEMA));
    if (known) entries.set(key, child);
    else if (home !== undefined && !root.entries.has(home)) entries.set(home, child);
    else if (provider !== undefined && child.kind === "scalar" && typeof child.value === "string") tokens.set(slugOf(provider), child);
    else notCarried.push({ path: printPath([key]), origin: child.origin, why: NO_PLACE[snake] ?? "factory has no such setting" });
  }
  const keys = entries.get("keys") ?? { kind: "table", origin: root.origin, written: ["keys"], entries: new Map<string, ConfigNode>() };
  if (keys.kind !== "table" || tokens.size === 0) return { ...root, entries };
  const lists = new Map(keys.entries);
  for (const [provider, token] of tokens) {
    const entry: ConfigNode = { ...token, kind: "table", entries: new Map([["token", token]]) };
    if (!lists.has(provider)) lists.set(provider, { ...token, kind: "list", items: [entry] });
  }
  return { ...root, entries: entries.set("keys", { ...keys, entries: lists }) };
}

/** Other programs' top-level keys, in snake_case, and ours for them. */
const MOVES: Readonly<Record<string, string>> = {
  model: "default_model",
  provider: "default_provider",
  openai_compatible_endpoints: "endpoints",
  custom_endpoints: "endpoints",
  agent_profiles: "profiles",
};

/** Why some of their settings have no place here. */
const NO_PLACE: Readonly<Record<string, string>> = {
  embedding_routes: "factory asks chat models only",
  query_classification: "factory does not choose a model by what a message says",
  cost: "spending limits are given for each run (`--max-usd`)",
  channels: "factory has no chat channels",
  tools: "factory's tools have no settings here",
  thinking_level: "set the phases one by one under `phase_thinking`",
  is_auto_profile: "phases are used whenever `phase_models` names them",
  default_temperature: "the temperature is left to the provider",
};

/** Without tables and lists that have nothing in them. */
function withoutEmpty(value: unknown): unknown {
  if (!isObject(value)) return value;
  const kept = Object.entries(value).flatMap(([key, each]) => {
    const inner = withoutEmpty(each);
    const isEmpty = Array.isArray(inner) ? inner.length === 0 : isObject(inner) && Object.keys(inner).length === 0;
    return isEmpty ? [] : [[key, inner] as const];
  });
  return Object.fromEntries(kept);
}
