import { asArray, asObject, asString } from "#base/json.ts";
import { ModelError } from "#model/error.ts";

/**
 * Gathers a call's arguments that come in pieces (Vertex AI's `partialArgs`): each names a place by a JSON path (RFC 9535,
 * `$.files[0].name`) and gives its value, or more of its text. Throws `ModelError` (`bad-response`) for a path that is none.
 */
export class PartialArgs {
  readonly #root: Node = new Map();

  add(partialArgs: unknown): void {
    for (const item of asArray(partialArgs) ?? []) {
      const piece = asObject(item) ?? {};
      const path = asString(piece.jsonPath) ?? "";
      const steps = parsePath(path);
      if (steps === undefined || !this.#put(steps, piece)) throw noPlace(path);
    }
  }

  /** The arguments as JSON; empty where there are none. */
  json(): string {
    return this.#root.size === 0 ? "" : print(this.#root);
  }

  /** Whether the place may be filled: an array grows from its start. */
  #put(steps: readonly Step[], piece: Record<string, unknown>): boolean {
    let node = this.#root;
    for (const [at, step] of steps.entries()) {
      if (typeof step === "number" && step > node.size + GAP_LIMIT) return false;
      if (at === steps.length - 1) setLeaf(node, step, piece);
      else node = innerOf(node, step);
    }
    return true;
  }
}

type Step = string | number;
type Leaf = { readonly json: string } | { readonly texts: string[] };
/** An object, or an array where the steps are numbers. A map, since a name may be anything. */
type Node = Map<Step, Node | Leaf>;

const DEPTH_LIMIT = 32;
/** Empty items of an array have no pieces: so many may be skipped at once. */
const GAP_LIMIT = 64;

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\]/;

/** The steps of a path into an object; `undefined` where it is none, or too deep. */
function parsePath(path: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  const next = new RegExp(STEP, "y");
  next.lastIndex = 1;
  while (path.startsWith("$") && steps.length < DEPTH_LIMIT) {
    const match = next.exec(path);
    if (match === null) return undefined;
    const [, name, index, quoted] = match;
    steps.push(name ?? (index === undefined ? (quoted ?? "").slice(1, -1).replace(/\\(.)/g, "$1") : Number(index)));
    if (next.lastIndex === path.length) return typeof steps[0] === "string" ? steps : undefined;
  }
  return undefined;
}

const noPlace = (path: string): ModelError =>
  new ModelError("bad-response", `a call's partial argument names no place that can be found: ${JSON.stringify(path.slice(0, 120))}`);

function innerOf(node: Node, step: Step): Node {
  const found = node.get(step);
  if (found instanceof Map) return found;
  const inner: Node = new Map();
  node.set(step, inner);
  return inner;
}

/** Text adds to the text that is there; every other value takes its place. */
function setLeaf(node: Node, step: Step, piece: Record<string, unknown>): void {
  const text = asString(piece.stringValue);
  const before = node.get(step);
  if (text === undefined) node.set(step, { json: valueOf(piece) });
  else if (before !== undefined && "texts" in before) before.texts.push(text);
  else node.set(step, { texts: [text] });
}

function valueOf(piece: Record<string, unknown>): string {
  if (typeof piece.boolValue === "boolean" || typeof piece.numberValue === "number")
    return JSON.stringify(piece.boolValue ?? piece.numberValue);
  return "null";
}

function print(node: Node | Leaf): string {
  if (!(node instanceof Map)) return "json" in node ? node.json : JSON.stringify(node.texts.join(""));
  const steps = [...node.keys()];
  if (steps.every((step) => typeof step === "number")) {
    const length = steps.reduce((most, step) => Math.max(most, step), 0) + 1;
    return `[${Array.from({ length }, (_, at) => print(node.get(at) ?? { json: "null" })).join(",")}]`;
  }
  return `{${[...node].map(([step, inner]) => `${JSON.stringify(String(step))}:${print(inner)}`).join(",")}}`;
}
