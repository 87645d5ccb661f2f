import { stat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "#base/usage-error.ts";
import { check } from "#config/check.ts";
import type { Env } from "#config/expand.ts";
import { toConfig } from "#config/fill.ts";
import { fromEnvironment, fromFlags, merge, type Flag } from "#config/merge.ts";
import { canonicalPath, normalise } from "#config/normalise.ts";
import { emptyTable, failed, FILE_LIMIT, parseConfig, type Parsed } from "#config/parse-file.ts";
import { checkRules } from "#config/rules.ts";
import { SCHEMA, type Config } from "#config/schema.ts";
import { findNode, parsePath, printOrigin, type ConfigNode, type Layer, type Origin, type Problem, type Step } from "#config/tree.ts";
import { hashOf, splitByTrust, trustOf, type Split, type Trust, type Withheld } from "#config/trust.ts";

export type LoadOptions = {
  /** The user's own folder; it need not exist. Absent where the user has no home. */
  readonly home?: string | undefined;
  readonly cwd: string;
  readonly env: Env;
  /** Read in place of the user's and the project's files. */
  readonly explicitFile?: string | undefined;
  readonly flags?: readonly Flag[];
  /** Every provider's slug and aliases; without them, nothing is said about names of providers. */
  readonly providerNames?: readonly string[];
  /** The mark (`Untrusted.hash`) of those settings of the project's file that the user trusts this time. */
  readonly trust?: string;
};

/** A place where a file may lie. */
type ConfigFile = { readonly path: string; readonly layer: Layer; readonly exists: boolean };

export type Loaded = {
  readonly config: Config;
  /** All that was set, in our own words, with where it was set. */
  readonly tree: ConfigNode;
  /** Where a setting comes from (`reliability.provider_retries`); `undefined` for a default. */
  readonly originOf: (path: string) => Origin | undefined;
  /** What was wrong; the configuration goes without it. */
  readonly problems: readonly Problem[];
  readonly files: readonly ConfigFile[];
  readonly untrusted: Untrusted | null;
};

/** What the project's file sets and what is not followed, as its folder is not trusted. `hash`: the mark to remember with the user's answer. */
export type Untrusted = {
  readonly settings: readonly Withheld[];
  readonly folder: string;
  readonly hash: string;
  /** The user was asked and said no. */
  readonly refused: boolean;
};

/**
 * Reads the configuration: the user's files, then the project's, the environment, the flags; what comes later wins. In one folder
 * `config.toml` wins over `config.json`. Never throws for what the files say: see `problems` and `requireSound`.
 */
export async function loadConfig(options: LoadOptions): Promise<Loaded> {
  const { env, flags = [], providerNames } = options;
  const files = await findFiles(options);
  const read = await Promise.all(files.filter(({ exists }) => exists).map(({ path, layer }) => readLayer(path, layer)));
  const withheld = read.flatMap((file) => file.split?.withheld ?? []);
  const hash = hashOf(withheld);
  const trust = withheld.length === 0 ? "trusted" : await trustIn(options, hash);
  const outside = fromEnvironment(env);
  const problems = [...read.flatMap((file) => file.problems), ...outside.problems];
  const fromFiles = read.map(({ node, split }) => (trust === "trusted" || split === undefined ? node : split.open));
  const known: ConfigNode[] = [];
  for (const layer of [...fromFiles, ...outside.nodes, ...fromFlags(flags)]) {
    const checked = layer === undefined ? undefined : check(layer, SCHEMA, env);
    problems.push(...(checked?.problems ?? []));
    if (checked?.node !== undefined) known.push(checked.node);
  }
  const tree = known.reduce(merge, emptyTable({ file: "", layer: "user" }));
  problems.push(...checkRules(tree, providerNames));
  return {
    config: toConfig(tree, env),
    tree,
    originOf: (path) => originIn(tree, path),
    problems,
    files,
    untrusted: trust === "trusted" ? null : { settings: withheld, folder: options.cwd, hash, refused: trust === "refused" },
  };
}

/** Throws `UsageError` where something is wrong, with the first problem in its message. */
export function requireSound({ problems }: Pick<Loaded, "problems">): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
  throw new UsageError(printProblem(first) + more, "Correct it; `factory config check` lists all that is wrong.");
}

/** `config.toml:12: reliability.provider_retries must be a whole number, not "two"`. */
export const printProblem = ({ origin, path, message }: Problem): string =>
  `${printOrigin(origin)}: ${path === "" || (origin.kind === "variable" && path === origin.name) ? "" : `${path} `}${message}`;

/** A path as people write it, in the schema's names; `undefined` where no such setting can be. */
function settingPath(text: string): readonly Step[] | undefined {
  const written = parsePath(text);
  if (written === undefined) return undefined;
  const { path, schema } = canonicalPath(written, SCHEMA);
  return schema === undefined ? undefined : path;
}

/** The file of that name in a folder of settings. The user's is `~/.factory`, a project's `.factory`. */
export const configPath = (folder: string, name: (typeof FILE_NAMES)[number] = "config.toml"): string => join(folder, name);

/** The weaker one first. */
const FILE_NAMES = ["config.json", "config.toml"] as const;

export const projectFolder = (cwd: string): string => join(cwd, ".factory");

async function findFiles({ home, cwd, explicitFile }: LoadOptions): Promise<readonly ConfigFile[]> {
  if (explicitFile !== undefined) return [{ path: explicitFile, layer: "explicit", exists: true }];
  const project = projectFolder(cwd);
  const own = home === undefined ? undefined : await realpath(home).catch(() => home);
  const isOwn = own === (await realpath(project).catch(() => project));
  const folders = home === undefined ? [] : [{ folder: home, layer: "user" as const }];
  const all = isOwn ? folders : [...folders, { folder: project, layer: "project" as const }];
  const places = all.flatMap(({ folder, layer }) => FILE_NAMES.map((name) => ({ path: configPath(folder, name), layer })));
  return Promise.all(places.map(async (place) => ({ ...place, exists: await isThere(place.path) })));
}

type ReadLayer = { readonly node?: ConfigNode; readonly split?: Split; readonly problems: readonly Problem[] };

async function readLayer(path: string, layer: Layer): Promise<ReadLayer> {
  const { root, problems } = await readConfigFile(path, layer);
  if (root === undefined) return { problems };
  const { node, problems: doubled } = normalise(root, SCHEMA);
  return { node, problems: [...problems, ...doubled], ...(layer === "project" ? { split: splitByTrust(node, SCHEMA) } : {}) };
}

/** A file that cannot be looked at is there: reading it says why. */
const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== "ENOENT" && error.code !== "ENOTDIR",
  );

/** Reads one file. What keeps it from being read is a problem. */
export async function readConfigFile(path: string, layer: Layer): Promise<Parsed> {
  const source = { file: path, layer, text: "" };
  try {
    const found = await stat(path);
    if (!found.isFile()) return failed(source, "this is no file");
    if (found.size > FILE_LIMIT) return failed(source, `the file is larger than ${FILE_LIMIT / 1024 / 1024} MB`);
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(path));
    return await parseConfig({ ...source, text });
  } catch (error) {
    if (error instanceof TypeError) return failed(source, "the file is not in UTF-8");
    if (error instanceof Error && "code" in error) return failed(source, `the file cannot be read (${String(error.code)})`);
    throw error;
  }
}

async function trustIn({ trust, home, cwd }: LoadOptions, hash: string): Promise<Trust> {
  if (trust === hash) return "trusted";
  return home === undefined ? "unasked" : trustOf(home, cwd, hash);
}

function originIn(tree: ConfigNode, path: string): Origin | undefined {
  const steps = settingPath(path);
  if (steps === undefined) return undefined;
  const { node, rest } = findNode(tree, steps);
  return rest.length === 0 ? node.origin : undefined;
}
