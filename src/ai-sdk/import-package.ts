import { readFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { isObject, parseJson } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";

/** `label`: name and version, for messages. */
export type ImportedPackage = {
  readonly packageName: string;
  readonly label: string;
  readonly members: Readonly<Record<string, unknown>>;
};

/**
 * Imports an npm package from the `node_modules` of these folders and those above them: Node's own search begins at factory's files and
 * would not look there. Throws `UsageError`.
 */
export async function importPackage(packageName: string, from: readonly string[]): Promise<ImportedPackage> {
  if (packageName.length > NAME_LIMIT || !PACKAGE_NAME.test(packageName)) {
    throw new UsageError(
      `${JSON.stringify(packageName.slice(0, 80))} is no name of an npm package`,
      "Write the bare name, such as @ai-sdk/groq: no path, no URL, no version.",
    );
  }
  const found = await find(packageName, from);
  if (found === undefined) {
    const where = from.length === 0 ? "no folder was named" : `looked in ${from.join(", ")} and above`;
    throw new UsageError(`the package ${packageName} is not installed (${where})`, `Install it there: npm install ${packageName}`);
  }
  const { folder, manifest } = found;
  const label = typeof manifest["version"] === "string" ? `${packageName}@${manifest["version"]}` : packageName;
  const entry = resolve(folder, entryOf(manifest));
  if (!entry.startsWith(folder + sep)) throw broken(label, packageName, "its entry lies outside of it");
  try {
    // What an import gives is an object of unknown members.
    const members = (await import(pathToFileURL(entry).href)) as Readonly<Record<string, unknown>>;
    return { packageName, label, members };
  } catch (error) {
    throw broken(label, packageName, error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error));
  }
}

const NAME_LIMIT = 214;
const PACKAGE_NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i;

const broken = (label: string, packageName: string, reason: string): UsageError =>
  new UsageError(`${label} cannot be loaded: ${reason}`, `Install it again: npm install ${packageName}`);

type Found = { readonly folder: string; readonly manifest: Record<string, unknown> };

async function find(packageName: string, from: readonly string[]): Promise<Found | undefined> {
  for (const start of from) {
    for (let above = resolve(start), last = ""; above !== last; last = above, above = dirname(above)) {
      const folder = join(above, "node_modules", ...packageName.split("/"));
      const text = await readFile(join(folder, "package.json"), "utf8").catch(() => undefined);
      const manifest = text === undefined ? undefined : parseJson(text);
      if (isObject(manifest)) return { folder, manifest };
    }
  }
  return undefined;
}

/** The file that an `import` of the package means. */
function entryOf({ exports, module, main }: Record<string, unknown>): string {
  const root = isObject(exports) && "." in exports ? exports["."] : exports;
  const entry = target(root, 0) ?? main ?? module;
  return typeof entry === "string" && entry !== "" ? entry : "index.js";
}

/** Those that Node takes for an import; in a list or an object the first that fits wins. */
const CONDITIONS = new Set(["node", "import", "module-sync", "default"]);
const DEPTH = 8;

function target(value: unknown, depth: number): string | undefined {
  if (typeof value === "string") return value;
  if (!isObject(value) || depth > DEPTH) return undefined;
  for (const [condition, inner] of Object.entries(value)) {
    const found = CONDITIONS.has(condition) ? target(inner, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
