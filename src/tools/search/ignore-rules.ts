import type { Ignore } from "ignore";
import { lstat, readFile } from "node:fs/promises";
import { dirname, join, posix, relative, resolve, sep } from "node:path";

/** What git leaves out at one place of a tree. */
export type IgnoreRules = {
  /** `path` is absolute, and the folder that holds it is looked into. */
  ignores(path: string, isFolder: boolean): boolean;
};

/**
 * The rules that hold for a folder from above it: `.gitignore` of every folder up to the repository's root, and its `info/exclude`.
 * Outside a repository there are none.
 */
export async function openRules(folder: string): Promise<IgnoreRules> {
  const above: string[] = [];
  let at = folder;
  while (!(await exists(join(at, ".git")))) {
    const parent = dirname(at);
    if (parent === at) return NO_RULES;
    above.push(parent);
    at = parent;
  }
  let rules = await withRulesOf(NO_RULES, at, await excludeFile(at));
  for (const parent of above.toReversed()) rules = await withFolderRules(rules, parent);
  return rules;
}

/** The given rules, and over them those of the folder's own `.gitignore`. */
export const withFolderRules = (outer: IgnoreRules, folder: string): Promise<IgnoreRules> =>
  withRulesOf(outer, folder, join(folder, ".gitignore"));

async function withRulesOf(outer: IgnoreRules, base: string, file: string): Promise<IgnoreRules> {
  const text = await readSmall(file);
  if (text.trim() === "") return outer;
  const { default: ignore } = await import("ignore");
  const own = ignore({ ignorecase: false }).add(text);
  return { ignores: (path, isFolder) => verdict(own, { base, path, isFolder }) ?? outer.ignores(path, isFolder) };
}

const NO_RULES: IgnoreRules = { ignores: () => false };

/** The last word of one file of rules; `undefined` where it has none. */
function verdict(rules: Ignore, entry: { readonly base: string; readonly path: string; readonly isFolder: boolean }): boolean | undefined {
  const inside = relative(entry.base, entry.path).replaceAll(sep, "/");
  // The folder is looked into although these rules leave it out: an inner file brought it back, or someone named it.
  if (inside.includes("/") && rules.test(`${posix.dirname(inside)}/`).ignored) return undefined;
  const { ignored, unignored } = rules.test(entry.isFolder ? `${inside}/` : inside);
  return ignored ? true : unignored ? false : undefined;
}

/** In a linked worktree `.git` is a file that names the real folder, which names the folder shared by all worktrees. */
async function excludeFile(root: string): Promise<string> {
  const dotGit = join(root, ".git");
  const pointer = /^gitdir: (.+)$/m.exec(await readSmall(dotGit))?.[1];
  if (pointer === undefined) return join(dotGit, "info", "exclude");
  const own = resolve(root, pointer);
  const shared = (await readSmall(join(own, "commondir"))).trim();
  return join(resolve(own, shared), "info", "exclude");
}

/** Empty where there is no such file, or one of over 1 MB, which no person wrote. */
async function readSmall(file: string): Promise<string> {
  try {
    const { size } = await lstat(file);
    return size > 1024 * 1024 ? "" : await readFile(file, "utf8");
  } catch {
    return "";
  }
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
