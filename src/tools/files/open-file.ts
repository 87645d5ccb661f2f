import { constants, type Stats } from "node:fs";
import { open, readdir, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errorCode, reasonOf } from "#tools/files/inside.ts";

/** A regular file open for reading, to be closed by the taker, or why there is none, worded for the model. */
export type OpenFile =
  | { readonly kind: "file"; readonly handle: FileHandle; readonly stats: Stats }
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

/** Opens the file at a path from `resolveInside`. Devices, pipes and sockets are refused before they can block. */
export async function openFile(path: string, shown: string): Promise<OpenFile> {
  try {
    const before = await stat(path);
    if (before.isDirectory()) return { kind: "refused", reason: `${shown} is a folder. Use ls to list it.` };
    if (!before.isFile()) return { kind: "refused", reason: `${shown} is no regular file but a device, pipe or socket.` };
    // Were the file swapped for a link or a pipe just now, the open fails or returns at once.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stats = await handle.stat();
    if (stats.isFile()) return { kind: "file", handle, stats };
    await handle.close();
    return { kind: "refused", reason: `${shown} is no regular file.` };
  } catch (error) {
    if (errorCode(error) !== "ENOENT") return { kind: "refused", reason: `Cannot open ${shown}: ${reasonOf(error)}.` };
    return { kind: "missing", reason: `${shown} does not exist.${await nearestNames(path)}` };
  }
}

/** Names in the folder that look like the wanted one. */
async function nearestNames(path: string): Promise<string> {
  const names = await readdir(dirname(path)).catch(() => undefined);
  if (names === undefined) return " Nor does its folder.";
  const wanted = pairsOf(basename(path));
  const near = names
    .slice(0, NAMES_COMPARED)
    .map((name) => ({ name, likeness: likeness(wanted, pairsOf(name)) }))
    .filter((candidate) => candidate.likeness >= 0.4)
    .sort((left, right) => right.likeness - left.likeness)
    .slice(0, 5);
  return near.length === 0 ? "" : ` Near it in the same folder: ${near.map(({ name }) => name).join(", ")}.`;
}

const NAMES_COMPARED = 5_000;

/** All pairs of neighbouring letters, the ends marked. */
function pairsOf(name: string): ReadonlySet<string> {
  const text = `^${name.toLowerCase()}$`;
  return new Set(Array.from({ length: text.length - 1 }, (_, at) => text.slice(at, at + 2)));
}

/** Dice's coefficient, 0 to 1. */
const likeness = (left: ReadonlySet<string>, right: ReadonlySet<string>): number =>
  (2 * [...left].filter((pair) => right.has(pair)).length) / (left.size + right.size);
