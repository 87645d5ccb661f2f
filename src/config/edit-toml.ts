import { parseTOML, type AST } from "toml-eslint-parser";
import type { Json } from "#base/json.ts";
import { printTomlKey, printTomlValue } from "#config/print-toml.ts";
import type { ConfigNode, Step } from "#config/tree.ts";

/** `path` is where the value shall be, as the text spells it; `parent` is the deepest table or list on the way to it that is there. */
type Place = { readonly body: string; readonly path: readonly Step[]; readonly value: Json; readonly parent: ConfigNode };

/** A TOML text with one more value. `undefined` where it has no place for it: in the middle of a list, or in a list of plain values. */
export function insertIntoToml({ body, path, value, parent }: Place): string | undefined {
  const eol = body.includes("\r\n") ? "\r\n" : "\n";
  if (parent.kind === "table" && parent.range !== undefined) return intoInlineTable({ body, path, value, parent });
  const [top] = parseTOML(body, { tomlVersion: "1.1" }).body;
  // In an entry of a list of tables, what lies deeper is written with dots: no header could name that entry.
  const inEntry = parent.kind === "table" && parent.written.some((step) => typeof step === "number");
  const sibling = lastSibling(top, path.slice(0, -1)) ?? (inEntry ? lastSibling(top, parent.written) : undefined);
  if (sibling !== undefined) {
    const line = `${printKeys(path.slice(sibling.table.length))} = ${printTomlValue(value)}`;
    return insertLine(body, { after: sibling.end, line: sibling.indent(body) + line, eol });
  }
  if (path.length === 1) return intoRoot({ body, line: `${printKeys(path)} = ${printTomlValue(value)}`, top, eol });
  const header = headerFor(path, parent);
  if (header === undefined) return undefined;
  const gap = body === "" ? "" : `${body.endsWith("\n") ? "" : eol}${body.trim() === "" ? "" : eol}`;
  return `${body}${gap}${header}${eol}${printKeys(path.slice(-1))} = ${printTomlValue(value)}${eol}`;
}

/** Behind the last pair of the table, inside its braces. */
function intoInlineTable({ body, path, value, parent }: Place): string | undefined {
  const [from, to] = parent.range ?? [0, 0];
  const inside = body.slice(from + 1, to - 1);
  // A comment or a last comma there is for a person to look at.
  if (inside.includes("#") || /,\s*$/.test(inside)) return undefined;
  const pair = `${printKeys(path.slice(parent.written.length))} = ${printTomlValue(value)}`;
  const spaced = inside.trim() === "" ? ` ${pair} ` : `${inside.trimEnd()}, ${pair}${inside.slice(inside.trimEnd().length) || ""}`;
  return body.slice(0, from + 1) + spaced + body.slice(to - 1);
}

type Sibling = {
  /** The header under which it stands. */
  readonly table: readonly Step[];
  /** Offset of its end. */
  readonly end: number;
  readonly indent: (body: string) => string;
};

/** What the new line goes behind: the last pair of the table, also one written with dots; else the table's header. */
function lastSibling(top: AST.TOMLTopLevelTable, parent: readonly Step[]): Sibling | undefined {
  let found: Sibling | undefined;
  for (const node of top.body) {
    if (node.type === "TOMLKeyValue") found = siblingIn([], node, parent) ?? found;
    else {
      if (isSame(node.resolvedKey, parent)) found = { table: node.resolvedKey, end: headerEnd(node), indent: () => "" };
      for (const pair of node.body) found = siblingIn(node.resolvedKey, pair, parent) ?? found;
    }
  }
  // The first pair of a file has nothing to go behind that is sure to be its own.
  return found;
}

function siblingIn(table: readonly Step[], pair: AST.TOMLKeyValue, parent: readonly Step[]): Sibling | undefined {
  const keys = pair.key.keys.map((key) => (key.type === "TOMLBare" ? key.name : key.value));
  if (!isSame([...table, ...keys].slice(0, parent.length), parent) || table.length > parent.length) return undefined;
  const [start, end] = pair.range;
  return { table, end, indent: (body) => /[ \t]*$/.exec(body.slice(0, start))?.[0] ?? "" };
}

const headerEnd = ({ key, kind }: AST.TOMLTable): number => key.range[1] + (kind === "array" ? 2 : 1);

const isSame = (left: readonly Step[], right: readonly Step[]): boolean =>
  left.length === right.length && left.every((step, at) => step === right[at]);

/** Behind the rest of the line that ends at `after`, with its comment. */
function insertLine(body: string, { after, line, eol }: { readonly after: number; readonly line: string; readonly eol: string }): string {
  const end = body.indexOf("\n", after);
  if (end === -1) return `${body}${eol}${line}${eol}`;
  return `${body.slice(0, end + 1)}${line}${eol}${body.slice(end + 1)}`;
}

type RootPlace = { readonly body: string; readonly line: string; readonly top: AST.TOMLTopLevelTable; readonly eol: string };

/** The first pair of a file: before the first table and the comment lines right above it. */
function intoRoot({ body, line, top, eol }: RootPlace): string {
  const first = top.body.find((node) => node.type === "TOMLTable");
  if (first === undefined) return `${body}${body === "" || body.endsWith("\n") ? "" : eol}${line}${eol}`;
  const start = first.range[0] - (/[ \t]*$/.exec(body.slice(0, first.range[0]))?.[0].length ?? 0);
  const above = body.slice(0, start).split("\n").slice(0, -1);
  const comments = above.slice(above.findLastIndex((each) => !each.trimStart().startsWith("#")) + 1);
  const at = comments.reduce((offset, each) => offset - each.length - 1, start);
  return `${body.slice(0, at)}${line}${eol}${eol}${body.slice(at)}`;
}

/** The header of the table that is to be made, or of the next entry of a list of tables. */
function headerFor(path: readonly Step[], parent: ConfigNode): string | undefined {
  const table = path.slice(0, -1);
  const index = table.findIndex((step, at) => typeof step === "number" && at >= parent.written.length);
  if (index === -1) {
    // Only a name leads into a table; a place in a list of tables is named by the header above it.
    return table.some((step) => typeof step === "number") ? undefined : `[${printKeys(table)}]`;
  }
  const next = parent.kind === "list" ? parent.items.length : 0;
  const isInline = parent.kind === "list" && parent.range !== undefined;
  if (isInline || index !== table.length - 1 || table[index] !== next || table.slice(0, index).some((step) => typeof step === "number"))
    return undefined;
  return `[[${printKeys(table.slice(0, -1))}]]`;
}

const printKeys = (path: readonly Step[]): string => path.map((step) => printTomlKey(String(step))).join(".");
