import { nearest } from "#base/nearest.ts";
import { UsageError } from "#base/usage-error.ts";
import { coerce } from "#config/coerce.ts";
import { expand, variablesIn, type Env } from "#config/expand.ts";
import { childSchema, isFree } from "#config/normalise.ts";
import type { ConfigSchema } from "#config/schema-type.ts";
import { printOrigin, printPath, toJson, type ConfigNode, type Problem, type Step } from "#config/tree.ts";

/** What of a tree fits its schema, and what is wrong with the rest. `node` is absent where nothing fits. */
export type Checked = { readonly node?: ConfigNode; readonly problems: readonly Problem[] };

/** Checks a normalised tree. `env`: where `${NAME}` are looked up that stand for a number or a switch. */
export function check(node: ConfigNode, schema: ConfigSchema, env: Env): Checked {
  const problems: Problem[] = [];
  const fit = fitting(node, schema, { env, problems, path: [] });
  return fit === undefined ? { problems } : { node: fit, problems };
}

type Walk = { readonly env: Env; readonly problems: Problem[]; readonly path: readonly Step[] };

function fitting(node: ConfigNode, schema: ConfigSchema, walk: Walk): ConfigNode | undefined {
  const complain = (message: string) => {
    walk.problems.push({ origin: node.origin, path: printPath(walk.path), message });
    return undefined;
  };
  if (isFree(schema)) return schema.type === "object" && node.kind !== "table" ? complain(wanted(schema, node)) : node;
  if (schema.type === "object") return node.kind === "table" ? fittingTable(node, schema, walk) : complain(wanted(schema, node));
  if (schema.type === "array") return node.kind === "list" ? fittingList(node, schema, walk) : complain(wanted(schema, node));
  if (node.kind !== "scalar") return complain(wanted(schema, node));
  return fittingScalar(node, schema, { ...walk, complain });
}

type Kind<Name extends ConfigNode["kind"]> = Extract<ConfigNode, { kind: Name }>;

function fittingTable(node: Kind<"table">, schema: ConfigSchema, walk: Walk): ConfigNode | undefined {
  const entries = new Map<string, ConfigNode>();
  for (const [key, child] of node.entries) {
    const path = [...walk.path, key];
    const childType = childSchema(schema, key);
    if (childType === undefined) {
      walk.problems.push({
        origin: child.origin,
        path: printPath(path),
        message: `is no key of the configuration${suggestion(key, schema)}`,
      });
      continue;
    }
    const fit = fitting(child, childType, { ...walk, path });
    if (fit !== undefined) entries.set(key, fit);
  }
  const missing = (schema.required ?? []).filter((key) => !node.entries.has(key));
  for (const key of missing) {
    walk.problems.push({ origin: node.origin, path: printPath([...walk.path, key]), message: "is missing" });
  }
  // A wrong value that is required leaves nothing to work with.
  return (schema.required ?? []).every((key) => entries.has(key)) ? { ...node, entries } : undefined;
}

function suggestion(key: string, { properties = {} }: ConfigSchema): string {
  const near = nearest(key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase(), Object.keys(properties));
  if (near.length > 0) return `; did you mean ${near.join(", ")}?`;
  const known = Object.keys(properties).filter((name) => !name.startsWith("$"));
  return known.length <= 12 ? `; known here: ${known.join(", ")}` : "";
}

function fittingList(node: Kind<"list">, schema: ConfigSchema, walk: Walk): ConfigNode {
  const items = node.items.flatMap((item, at) => fitting(item, schema.items ?? {}, { ...walk, path: [...walk.path, at] }) ?? []);
  return { ...node, items };
}

type ScalarWalk = Walk & { readonly complain: (message: string) => undefined };

function fittingScalar(node: Kind<"scalar">, schema: ConfigSchema, walk: ScalarWalk): ConfigNode | undefined {
  const isText = schema.type === "string";
  if (!isText && typeof node.value === "string" && variablesIn(node.value).length > 0)
    return fromVariable(node, node.value, { schema, walk });
  if (!fits(node.value, schema)) return walk.complain(wanted(schema, node));
  if (!isText || typeof node.value !== "string") return node;
  const { value } = node;
  if (value.length < (schema.minLength ?? 0)) return walk.complain("must not be empty");
  if (schema["x-plain"] === true && variablesIn(value).length > 0) return walk.complain("is a name and cannot come from a variable");
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) return walk.complain(wanted(schema, node));
  if (schema.format === "uri" && value !== "" && variablesIn(value).length === 0) {
    const wrong = wrongUrl(value);
    if (wrong !== undefined) return walk.complain(wrong);
  }
  return node;
}

/** A number, a switch or one of a few words from a variable. These are needed at once. */
function fromVariable(node: Kind<"scalar">, text: string, { schema, walk }: { readonly schema: ConfigSchema; readonly walk: ScalarWalk }) {
  try {
    const value = coerce(expand(text, { env: walk.env, place: printOrigin(node.origin) }), schema);
    const expanded = { ...node, value: typeof value === "object" ? text : value };
    return fits(expanded.value, schema) ? expanded : walk.complain(`${wanted(schema, node)} from ${text}`);
  } catch (error) {
    if (error instanceof UsageError) return walk.complain(error.message);
    throw error;
  }
}

function fits(value: unknown, schema: ConfigSchema): boolean {
  if (schema.anyOf !== undefined) return schema.anyOf.some((option) => fits(value, option));
  if (schema.const !== undefined) return value === schema.const;
  if (schema.enum !== undefined) return schema.enum.some((each) => each === value);
  if (typeof value !== (schema.type === "integer" ? "number" : schema.type)) return false;
  if (typeof value !== "number") return true;
  const { minimum = -Infinity, maximum = Infinity, type } = schema;
  return Number.isFinite(value) && value >= minimum && value <= maximum && (type !== "integer" || Number.isSafeInteger(value));
}

function wrongUrl(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return "must be a URL that begins with http:// or https://";
  const { username, password } = new URL(text);
  return username === "" && password === ""
    ? undefined
    : "must have no user name and no password in it; they belong into a header or a key";
}

/** What was expected, and what stands there; a secret's value is not repeated. */
function wanted(schema: ConfigSchema, node: ConfigNode): string {
  if (schema["x-expected"] !== undefined) return `${schema["x-expected"]}, not ${found(schema, node)}`;
  const text = node.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
  const near = text === undefined ? [] : nearest(text, (schema.enum ?? []).map(String), 1);
  return `must be ${expected(schema)}, not ${found(schema, node)}${near.length > 0 ? `; did you mean ${near.join("")}?` : ""}`;
}

function expected(schema: ConfigSchema): string {
  const { anyOf, minimum, maximum } = schema;
  if (anyOf !== undefined) return anyOf.map(expected).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.length === 1 ? String(schema.enum[0]) : `one of ${schema.enum.join(", ")}`;
  const range = [minimum === undefined ? "" : ` from ${minimum}`, maximum === undefined ? "" : ` to ${maximum}`].join("");
  return (TYPE_WORDS[schema.type ?? ""] ?? "a value") + range;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a table",
};

/** Longer texts are cut in a message, in characters. */
const SHOWN = 60;

function found(schema: ConfigSchema, node: ConfigNode): string {
  if (node.kind === "table") return "a table";
  if (node.kind === "list") return "a list";
  if (schema.writeOnly === true) return `a ${typeof node.value}`;
  const text = JSON.stringify(toJson(node));
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
