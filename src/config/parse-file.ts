import type { ConfigNode, Layer, Problem, Step, TableNode } from "#config/tree.ts";

/** A file's text. `layer`: how strong what it says is. */
export type Source = { readonly file: string; readonly layer: Layer; readonly text: string };

/** What a file says. Where it cannot be read as a whole, `root` is absent and the problems say why. */
export type Parsed = { readonly root?: TableNode; readonly problems: readonly Problem[] };

export type Format = "toml" | "jsonc";

/** Larger files are not read, in bytes. */
export const FILE_LIMIT = 1024 * 1024;

/** Deeper tables and lists are refused. */
const DEPTH_LIMIT = 32;

/** What a file's name says about its format. Everything but `.json`, `.jsonc` and `.json5` is read as TOML. */
export const formatOf = (file: string): Format => (/\.json[c5]?$/i.test(file) ? "jsonc" : "toml");

/** Reads TOML, or JSON with comments and trailing commas. Never throws for what the text says. The parsers are loaded when they are needed. */
export async function parseConfig(source: Source, format: Format = formatOf(source.file)): Promise<Parsed> {
  const text = withoutMark(source.text);
  if (Buffer.byteLength(text) > FILE_LIMIT) return failed(source, `the file is larger than ${FILE_LIMIT / 1024 / 1024} MB`);
  if (text.trim() === "") return { root: emptyTable(source), problems: [] };
  try {
    if (format === "jsonc") return (await import("#config/parse-jsonc.ts")).parseJsonc({ ...source, text });
    return (await import("#config/parse-toml.ts")).parseToml({ ...source, text });
  } catch (error) {
    // What the parsers do with a text of nothing but opening brackets.
    if (error instanceof RangeError || error instanceof TooDeep) {
      return failed(source, `tables and lists lie in each other more than ${DEPTH_LIMIT} deep`);
    }
    throw error;
  }
}

/** The text without the byte order mark that some editors put first. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, "");

class TooDeep extends Error {}

export function checkDepth(written: readonly Step[]): void {
  if (written.length > DEPTH_LIMIT) throw new TooDeep("too deep");
}

export const failed = ({ file, layer }: Source, message: string): Parsed => ({
  problems: [{ origin: { kind: "file", file, layer, line: 1, column: 1 }, path: "", message }],
});

export const emptyTable = ({ file, layer }: Omit<Source, "text">): TableNode => ({
  kind: "table",
  origin: { kind: "file", file, layer, line: 1, column: 1 },
  written: [],
  entries: new Map<string, ConfigNode>(),
});
