import type { Json } from "#base/json.ts";

/** Where settings come from, the weakest first. `explicit` is a file named on the command line. */
export type Layer = "user" | "project" | "explicit" | "environment" | "flag";

/** Who said it. `line` and `column` count from 1. */
export type Origin =
  | { readonly kind: "file"; readonly layer: Layer; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: "variable"; readonly layer: "environment"; readonly name: string }
  | { readonly kind: "flag"; readonly layer: "flag"; readonly name: string };

/** One step of a path: a key, or a place in a list from 0. */
export type Step = string | number;

export type Scalar = string | number | boolean | null;

/**
 * A configuration while it is read: every value with its origin. `written` is its path as its source spells it; `range` are the offsets of its
 * value in the file's text.
 */
export type ConfigNode = {
  readonly origin: Origin;
  readonly written: readonly Step[];
  readonly range?: readonly [from: number, to: number];
} & (
  | { readonly kind: "table"; readonly entries: ReadonlyMap<string, ConfigNode> }
  | { readonly kind: "list"; readonly items: readonly ConfigNode[] }
  | { readonly kind: "scalar"; readonly value: Scalar }
);

export type TableNode = Extract<ConfigNode, { kind: "table" }>;

/** Something wrong in the configuration. `message` names the key and what is expected; it carries no value of a secret. */
export type Problem = { readonly origin: Origin; readonly path: string; readonly message: string };

/** `config.toml:12`, `FACTORY_DEFAULT_MODEL`, `--model`. */
export const printOrigin = (origin: Origin): string => (origin.kind === "file" ? `${origin.file}:${origin.line}` : origin.name);

/** The problem of a key that its source has two times. */
export const twice = (path: readonly Step[], origin: Origin, first: Origin): Problem => ({
  origin,
  path: printPath(path),
  message: `stands twice${first.kind === "file" ? `: first in line ${first.line}` : ""}`,
});

export function toJson(node: ConfigNode): Json {
  switch (node.kind) {
    case "table":
      return Object.fromEntries([...node.entries].map(([key, child]) => [key, toJson(child)]));
    case "list":
      return node.items.map(toJson);
    case "scalar":
      return node.value;
  }
}

/** A plain value as a tree, all of it from one origin. */
export function toNode(value: Json, origin: Origin, written: readonly Step[] = []): ConfigNode {
  if (typeof value !== "object" || value === null) return { kind: "scalar", origin, written, value };
  if (isList(value)) return { kind: "list", origin, written, items: value.map((each, at) => toNode(each, origin, [...written, at])) };
  const entries = Object.entries(value).map(([key, each]) => [key, toNode(each, origin, [...written, key])] as const);
  return { kind: "table", origin, written, entries: new Map(entries) };
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/** The node at a path, or the deepest that lies on the way to it. `rest`: the steps that are missing. */
export function findNode(root: ConfigNode, path: readonly Step[]): { readonly node: ConfigNode; readonly rest: readonly Step[] } {
  let node = root;
  for (const [at, step] of path.entries()) {
    const child = childOf(node, step);
    if (child === undefined) return { node, rest: path.slice(at) };
    node = child;
  }
  return { node, rest: [] };
}

function childOf(node: ConfigNode, step: Step): ConfigNode | undefined {
  if (node.kind === "table") return node.entries.get(String(step));
  return node.kind === "list" ? node.items[Number(step)] : undefined;
}

/** A path as people write it: `keys.openai[0].token`, with quotes where a key has other characters than a bare one. */
export const printPath = (path: readonly Step[]): string =>
  path.map((step, at) => (typeof step === "number" ? `[${step}]` : (at === 0 ? "" : ".") + printStep(step))).join("");

const printStep = (step: string): string => (/^[\w$-]+$/.test(step) ? step : JSON.stringify(step));

/** Reads what `printPath` prints, and `keys.openai.0.token`; `undefined` for what is no path. */
export function parsePath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const step = /(?:^|\.)(?:(\d+)(?=[.[]|$)|([\w$-]+)|("(?:[^"\\]|\\.)*"))|\[(\d+)\]/y;
  while (step.lastIndex < text.length) {
    const [matched, index, bare, quoted, bracketed] = step.exec(text) ?? [];
    if (matched === undefined) return undefined;
    const number = index ?? bracketed;
    if (number !== undefined) steps.push(Number(number));
    else if (bare !== undefined) steps.push(bare);
    else {
      const key: unknown = parseQuoted(quoted ?? "");
      if (typeof key !== "string") return undefined;
      steps.push(key);
    }
  }
  return steps.length === 0 ? undefined : steps;
}

function parseQuoted(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
