import { ParseError, parseTOML, type AST } from "toml-eslint-parser";
import { checkDepth, type Parsed, type Source } from "#config/parse-file.ts";
import { findNode, twice, type ConfigNode, type Origin, type Scalar, type Step } from "#config/tree.ts";

/** Reads TOML. The first thing that is wrong with its form is told; of a key that stands twice, both lines. */
export function parseToml(source: Source): Parsed {
  try {
    return { root: toTree(source), problems: [] };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    // What its line leaves open is told of that line, not of the start of the next.
    const isOpen = error.column === 0 && error.message.startsWith("Unterminated");
    const origin = originOf(source, { line: error.lineNumber - (isOpen ? 1 : 0), column: error.column });
    const doubled = error.message.startsWith(DUPLICATE) ? firstOf(source, origin) : undefined;
    if (doubled !== undefined) return { problems: [doubled] };
    return { problems: [{ origin, path: "", message: `this is no TOML: ${error.message.toLowerCase()}` }] };
  }
}

/** How the library words a key that stands twice; it has no code for it. */
const DUPLICATE = "Defining a key multiple times";

type FileOrigin = Extract<Origin, { kind: "file" }>;

const originOf = ({ file, layer }: Source, { line, column }: { readonly line: number; readonly column: number }): FileOrigin => ({
  kind: "file",
  file,
  layer,
  line,
  column: column + 1,
});

/** A table or list while it is being filled. */
type Draft = { readonly origin: Origin; readonly written: readonly Step[]; range?: readonly [number, number] } & (
  | { readonly kind: "table"; readonly entries: Map<string, ConfigNode> }
  | { readonly kind: "list"; readonly items: ConfigNode[] }
);
type DraftTable = Extract<Draft, { kind: "table" }>;

function toTree(source: Source): DraftTable {
  const [top] = parseTOML(source.text, { tomlVersion: "1.1" }).body;
  const root = newTable(originOf(source, { line: 1, column: 0 }), []);
  for (const node of top.body) {
    if (node.type === "TOMLKeyValue") addPair(root, node, source);
    else {
      const table = openTable(root, node, source);
      for (const pair of node.body) addPair(table, pair, source);
    }
  }
  return root;
}

const newTable = (origin: Origin, written: readonly Step[]): DraftTable => ({ kind: "table", origin, written, entries: new Map() });

/** The table that a header names; the library has resolved it to keys and places in lists, and has refused what clashes. */
function openTable(root: DraftTable, header: AST.TOMLTable, source: Source): DraftTable {
  checkDepth(header.resolvedKey);
  const origin = originOf(source, header.loc.start);
  let table = root;
  for (let at = 0; at < header.resolvedKey.length; at += 1) {
    const step = String(header.resolvedKey[at]);
    const index = header.resolvedKey[at + 1];
    const written = [...table.written, step];
    if (typeof index !== "number") {
      table = childTable(table, step, origin);
      continue;
    }
    // The cast: only drafts of this file lie in the tree.
    const list = (table.entries.get(step) ?? { kind: "list", origin, written, items: [] }) as Extract<Draft, { kind: "list" }>;
    table.entries.set(step, list);
    const item = list.items[index] ?? newTable(origin, [...written, index]);
    list.items[index] = item;
    table = item as DraftTable;
    at += 1;
  }
  return table;
}

function childTable(parent: DraftTable, key: string, origin: Origin): DraftTable {
  const known = parent.entries.get(key);
  // As above.
  if (known?.kind === "table") return known as DraftTable;
  const table = newTable(origin, [...parent.written, key]);
  parent.entries.set(key, table);
  return table;
}

function addPair(parent: DraftTable, { key, value }: AST.TOMLKeyValue, source: Source): void {
  const origin = originOf(source, key.loc.start);
  const names = key.keys.map(nameOf);
  checkDepth([...parent.written, ...names]);
  const table = names.slice(0, -1).reduce((each, name) => childTable(each, name, origin), parent);
  const last = names.at(-1) ?? "";
  table.entries.set(last, toNode(value, { source, origin, written: [...table.written, last] }));
}

const nameOf = (key: AST.TOMLBare | AST.TOMLQuoted): string => (key.type === "TOMLBare" ? key.name : key.value);

type Place = { readonly source: Source; readonly origin: Origin; readonly written: readonly Step[] };

function toNode(node: AST.TOMLContentNode, { source, origin, written }: Place): ConfigNode {
  checkDepth(written);
  const range = [node.range[0], node.range[1]] as const;
  switch (node.type) {
    case "TOMLValue":
      return { kind: "scalar", origin, written, range, value: scalarOf(node) };
    case "TOMLArray":
      return {
        kind: "list",
        origin,
        written,
        range,
        items: node.elements.map((each, at) =>
          toNode(each, { source, origin: originOf(source, each.loc.start), written: [...written, at] }),
        ),
      };
    case "TOMLInlineTable": {
      const table = newTable(origin, written);
      for (const pair of node.body) addPair(table, pair, source);
      return { ...table, range };
    }
  }
}

/** Dates have no place in a configuration; they are taken as the text that they are written with. */
const scalarOf = (node: AST.TOMLValue): Scalar => ("datetime" in node ? node.datetime : node.value);

/** Where the key that stands twice stood first: what comes before it is whole, so that it can be read. */
function firstOf(source: Source, origin: FileOrigin) {
  const lines = source.text.split("\n");
  const before = lines.slice(0, origin.line - 1).join("\n");
  const [, header, keys] = /^\s*(?:\[\[?([^\]]*)\]|([^=]*)=)/.exec(lines[origin.line - 1] ?? "") ?? [];
  try {
    const [pair] = parseTOML(`${header ?? keys ?? ""} = 0`).body[0].body;
    if (pair?.type !== "TOMLKeyValue") return undefined;
    const table = header === undefined ? parseTOML(before).body[0].body.findLast((node) => node.type === "TOMLTable") : undefined;
    const path = [...(table?.resolvedKey ?? []), ...pair.key.keys.map(nameOf)];
    const { node, rest } = findNode(toTree({ ...source, text: before }), path);
    return rest.length < path.length && node.written.length > 0 ? twice(path, origin, node.origin) : undefined;
  } catch (error) {
    // The key stands twice within one line; its own place says enough.
    if (error instanceof ParseError) return undefined;
    throw error;
  }
}
