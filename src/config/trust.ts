import { createHash } from "node:crypto";
import { readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { asObject, asString, isObject, parseJson, type Json } from "#base/json.ts";
import { variablesIn } from "#config/expand.ts";
import { childSchema } from "#config/normalise.ts";
import type { ConfigSchema } from "#config/schema-type.ts";
import { printPath, toJson, type ConfigNode, type Origin, type Step } from "#config/tree.ts";
import { updateFile } from "#config/update-file.ts";

/** A setting of a project file that counts only in a trusted folder. */
export type Withheld = { readonly path: string; readonly origin: Origin; readonly value: Json };

/** A project file's tree in two: what anybody's file may say, and the rest. */
export type Split = { readonly open: ConfigNode | undefined; readonly withheld: readonly Withheld[] };

/**
 * Parts a normalised project file. A cloned repository may say which models and routes are used. It may not, until the user trusts it, say
 * where requests go, with which key or header, or what is run; nor name a variable, whose value would go to whoever is asked; nor an address
 * in place of a name.
 */
export function splitByTrust(node: ConfigNode, schema: ConfigSchema): Split {
  const withheld: Withheld[] = [];
  return { open: openPart(node, { schema, isOpen: true, path: [], withheld }), withheld };
}

/** What these settings say, as one text: a folder whose settings change is asked about again, be it trusted or refused. */
export const hashOf = (withheld: readonly Withheld[]): string =>
  createHash("sha256")
    .update(JSON.stringify(withheld.map(({ path, value }) => [path, value]).sort()))
    .digest("hex");

/** What the user said of a folder with just these settings. */
export type Trust = "trusted" | "refused" | "unasked";

/** `home`: the user's own folder. A file that cannot be read trusts nobody. */
export async function trustOf(home: string, folder: string, hash: string): Promise<Trust> {
  const text = await readFile(trustFile(home), "utf8").catch(() => "");
  const entry = asObject(foldersIn(text)[await realpath(folder).catch(() => folder)]);
  if (asString(entry?.["hash"]) !== hash || typeof entry?.["trusted"] !== "boolean") return "unasked";
  return entry["trusted"] ? "trusted" : "refused";
}

type Answer = { readonly folder: string; readonly hash: string; readonly trusted: boolean; readonly clock: Clock };

/** Remembers whether the user trusts the folder with these settings, in a file of mode 0600. Throws `UsageError` where it cannot be written. */
export async function rememberTrust(home: string, { folder, hash, trusted, clock }: Answer): Promise<void> {
  const real = await realpath(folder);
  const entry = { hash, trusted, at: new Date(clock.now()).toISOString() };
  await updateFile(
    trustFile(home),
    (text) => `${JSON.stringify({ folders: { ...foldersIn(text ?? ""), [real]: entry } }, null, 2)}\n`,
    clock,
  );
}

const trustFile = (home: string): string => join(home, "trusted-folders.json");

function foldersIn(text: string): Record<string, unknown> {
  const value = parseJson(text);
  return isObject(value) ? (asObject(value["folders"]) ?? {}) : {};
}

type Walk = {
  /** `undefined` for a key that no schema knows; it is left in, for the check to complain about. */
  readonly schema: ConfigSchema | undefined;
  readonly isOpen: boolean;
  readonly path: readonly Step[];
  readonly withheld: Withheld[];
};

function openPart(node: ConfigNode, walk: Walk): ConfigNode | undefined {
  const isOpen = walk.schema?.["x-project"] === undefined ? walk.isOpen : walk.schema["x-project"] === "open";
  if (!isOpen || leadsAway(node)) {
    walk.withheld.push(...leavesOf(node, walk.path));
    return undefined;
  }
  if (node.kind === "scalar") return node;
  if (node.kind === "list") {
    const below = { ...walk, schema: walk.schema?.items, isOpen };
    return { ...node, items: node.items.flatMap((item, at) => openPart(item, { ...below, path: [...walk.path, at] }) ?? []) };
  }
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of node.entries) {
    const schema = walk.schema === undefined ? undefined : childSchema(walk.schema, key);
    // At the top, what has no mark is closed; below, it is as its table.
    const childOpen = walk.path.length > 0 || schema === undefined;
    const kept = openPart(child, { ...walk, schema, isOpen: childOpen, path: [...walk.path, key] });
    if (kept !== undefined) entries.set(key, kept);
  }
  // A route without its provider would only be told to be incomplete.
  const lacks = walk.schema?.required?.some((key) => node.entries.has(key) && !entries.has(key)) === true;
  return lacks ? undefined : { ...node, entries };
}

/** Each by its own name, so that whoever is asked sees how far it goes. */
function leavesOf(node: ConfigNode, path: readonly Step[]): readonly Withheld[] {
  const below: readonly (readonly [Step, ConfigNode])[] =
    node.kind === "scalar" ? [] : node.kind === "list" ? [...node.items.entries()] : [...node.entries];
  if (below.length === 0) return [{ path: printPath(path), origin: node.origin, value: toJson(node) }];
  return below.flatMap(([step, child]) => leavesOf(child, [...path, step]));
}

/** A text that sends something elsewhere: `custom:https://…`, or the value of a variable. */
const leadsAway = (node: ConfigNode): boolean =>
  node.kind === "scalar" &&
  typeof node.value === "string" &&
  node.written.at(-1) !== "$schema" &&
  (node.value.includes("://") || variablesIn(node.value).length > 0);
