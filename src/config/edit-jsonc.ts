import { findNodeAtLocation, parseTree, type Node } from "jsonc-parser";
import type { Json } from "#base/json.ts";
import type { ConfigNode, Step } from "#config/tree.ts";

/** `path` is where the value shall be, as the text spells it; `parent` is the deepest object or list on the way to it that is there. */
type Place = { readonly body: string; readonly path: readonly Step[]; readonly value: Json; readonly parent: ConfigNode };

/** A JSON text with one more value, indented as the text is. `undefined` where it has no place for it: in the middle of a list. */
export function insertIntoJsonc({ body, path, value, parent }: Place): string | undefined {
  const eol = body.includes("\r\n") ? "\r\n" : "\n";
  const text = body.trim() === "" ? `{}${eol}` : body;
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const node = tree === undefined ? undefined : findNodeAtLocation(tree, [...parent.written]);
  const [step, ...rest] = path.slice(parent.written.length);
  if (node === undefined || step === undefined || (typeof step === "number") !== (node.type === "array")) return undefined;
  const inner = rest.reduceRight<Json>((below, each) => (typeof each === "number" ? [below] : { [each]: below }), value);
  const taken = findNodeAtLocation(node, [step]);
  // A key that is there and was not found holds `null`.
  if (taken !== undefined) return text.slice(0, taken.offset) + JSON.stringify(inner) + text.slice(taken.offset + taken.length);
  const children = node.children ?? [];
  if (typeof step === "number" && step !== children.length) return undefined;
  const name = typeof step === "number" ? "" : `${JSON.stringify(step)}: `;
  return insertEntry({ text, eol, node, name, value: inner });
}

type Entry = { readonly text: string; readonly eol: string; readonly node: Node; readonly name: string; readonly value: Json };

function insertEntry({ text, eol, node, name, value }: Entry): string {
  const [, unit = "  "] = /^([ \t]+)\S/m.exec(text) ?? [];
  const outer = indentAt(text, node.offset);
  const last = node.children?.at(-1);
  const close = node.offset + node.length - 1;
  if (last === undefined) {
    const before = text.slice(0, close).trimEnd();
    const entry = name + print(value, unit, eol + outer + unit);
    return `${before}${eol}${outer}${unit}${entry}${eol}${outer}${text.slice(close)}`;
  }
  // The new entry goes behind the comma and the comment of the one before it.
  const end = last.offset + last.length;
  const [tail = "", comma] = /^(\s*,)?([ \t]*\/\/[^\r\n]*|[ \t]*\/\*[^\r\n]*?\*\/)?/.exec(text.slice(end, close)) ?? [];
  const at = end + tail.length;
  const before = text.slice(0, end) + (comma === undefined ? "," : "") + text.slice(end, at);
  const after = (comma === undefined ? "" : ",") + text.slice(at);
  if (!text.slice(node.offset, close).includes("\n")) return `${before} ${name}${JSON.stringify(value)}${after}`;
  const indent = indentAt(text, last.offset);
  return `${before}${eol}${indent}${name}${print(value, unit, eol + indent)}${after}`;
}

/** The white space at the start of the line. */
const indentAt = (text: string, offset: number): string => /^[ \t]*/.exec(text.slice(text.lastIndexOf("\n", offset - 1) + 1))?.[0] ?? "";

/** JSON over several lines, each of which begins with `start`. */
const print = (value: Json, unit: string, start: string): string => JSON.stringify(value, null, unit).replaceAll("\n", start);
