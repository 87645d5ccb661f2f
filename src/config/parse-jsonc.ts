import { parseTree, printParseErrorCode, type Node, type ParseError } from "jsonc-parser";
import { checkDepth, failed, type Parsed, type Source } from "#config/parse-file.ts";
import { twice, type ConfigNode, type Origin, type Problem, type Scalar, type Step, type TableNode } from "#config/tree.ts";

/** Reads JSON with comments and trailing commas. A cut or wrong text gives its first problem; keys that stand twice are all told. */
export function parseJsonc(source: Source): Parsed {
  const errors: ParseError[] = [];
  const tree = parseTree(source.text, errors, { allowTrailingComma: true });
  const lines = lineStarts(source.text);
  const originAt = (offset: number): Origin => {
    const line = lines.findLastIndex((start) => start <= offset);
    return { kind: "file", file: source.file, layer: source.layer, line: line + 1, column: offset - (lines[line] ?? 0) + 1 };
  };
  const [error] = errors;
  if (error !== undefined || tree === undefined) {
    const message = `this is no JSON: ${wordsFor(error)}`;
    return { problems: [{ origin: originAt(error?.offset ?? 0), path: "", message }] };
  }
  if (tree.type !== "object") return failed(source, "the file must hold one object: { … }");
  const walk = { originAt, problems: [] };
  return { root: toTable(tree, { ...walk, written: [], origin: originAt(tree.offset) }), problems: walk.problems };
}

type Walk = {
  readonly originAt: (offset: number) => Origin;
  readonly problems: Problem[];
  readonly written: readonly Step[];
  readonly origin: Origin;
};

function toConfigNode(node: Node, walk: Walk): ConfigNode {
  checkDepth(walk.written);
  const { written, origin } = walk;
  if (node.type === "object") return toTable(node, walk);
  const range = [node.offset, node.offset + node.length] as const;
  if (node.type !== "array") return { kind: "scalar", origin, written, range, value: scalarOf(node) };
  const items = (node.children ?? []).map((child, at) =>
    toConfigNode(child, { ...walk, written: [...written, at], origin: walk.originAt(child.offset) }),
  );
  return { kind: "list", origin, written, range, items };
}

function toTable(node: Node, walk: Walk): TableNode {
  const { written, origin } = walk;
  const entries = new Map<string, ConfigNode>();
  for (const { children: [key, value] = [] } of node.children ?? []) {
    if (key === undefined || value === undefined) continue;
    const name = String(key.value);
    const child = { ...walk, written: [...written, name], origin: walk.originAt(key.offset) };
    const first = entries.get(name);
    if (first === undefined) entries.set(name, toConfigNode(value, child));
    else walk.problems.push(twice(child.written, child.origin, first.origin));
  }
  return { kind: "table", origin, written, range: [node.offset, node.offset + node.length], entries };
}

/** Only scalars come here; the library types every value as unknown to it. */
const scalarOf = ({ value }: Node): Scalar => value as Scalar;

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** `PropertyNameExpected` as words. */
function wordsFor(error: ParseError | undefined): string {
  if (error === undefined) return "there is nothing in it";
  return printParseErrorCode(error.error)
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase();
}
