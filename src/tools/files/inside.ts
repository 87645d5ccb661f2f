import { readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";

/**
 * Where a path leads. `path` is absolute with every symbolic link resolved; it need not exist. `shown` is the same relative to the working
 * folder (`.` for the folder itself), with forward slashes. `reason` is worded for the model.
 */
export type Place =
  | { readonly inside: true; readonly path: string; readonly shown: string }
  | { readonly inside: false; readonly reason: string };

/**
 * Follows a path that a model wrote, relative to `cwd` or absolute, through all symbolic links, also dangling ones, and tells whether it
 * stays in `cwd`, which must itself be free of links. Never throws.
 */
export async function resolveInside(cwd: string, path: string): Promise<Place> {
  let real: string;
  try {
    real = await followLinks(resolve(cwd, path));
  } catch (error) {
    return { inside: false, reason: `Cannot follow the path ${path}: ${reasonOf(error)}.` };
  }
  const below = relative(cwd, real);
  if (below === ".." || below.startsWith(`..${sep}`) || isAbsolute(below)) {
    return { inside: false, reason: `${path} lies outside the working folder ${cwd}. Only files inside it can be reached.` };
  }
  return { inside: true, path: real, shown: below === "" ? "." : below.split(sep).join("/") };
}

/** `resolveInside` for a path about to be written: refuses the inner files of git too. */
export async function resolveWritable(cwd: string, path: string): Promise<Place> {
  const place = await resolveInside(cwd, path);
  if (!place.inside || !place.shown.split("/").some((part) => part.toLowerCase() === ".git")) return place;
  return { inside: false, reason: `${path} belongs to git itself and is not written. Use git commands instead.` };
}

/** As many as Linux follows. */
const LINK_LIMIT = 40;

/** `realpath` that also follows what does not exist yet: the deepest existing folder is resolved, the rest is appended. */
export async function followLinks(path: string, linksLeft: number = LINK_LIMIT): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errorCode(error) !== "ENOENT" || dirname(path) === path) throw error;
  }
  const parent = await followLinks(dirname(path), linksLeft);
  const here = join(parent, basename(path));
  const target = await readlink(here).catch(() => undefined);
  if (target === undefined) return here;
  if (linksLeft === 0) throw new Error("too many symbolic links");
  return followLinks(resolve(parent, target), linksLeft - 1);
}

/** The system's code of a failed file operation, `ENOENT`; empty where there is none. */
export const errorCode = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";

/** Why a file operation failed, in words. */
export const reasonOf = (error: unknown): string => REASONS[errorCode(error)] ?? (error instanceof Error ? error.message : "unknown error");

const REASONS: { readonly [code: string]: string } = {
  ENOENT: "it does not exist",
  ENOTDIR: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "the system does not permit it",
  EROFS: "the file system is read-only",
  ELOOP: "its symbolic links go in a circle",
  ENAMETOOLONG: "the name is too long",
  ENOSPC: "the disk is full",
  ERR_INVALID_ARG_VALUE: "the path contains a NUL character",
};
