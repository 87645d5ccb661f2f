import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { join } from "node:path";
import { openRules, withFolderRules, type IgnoreRules } from "#tools/search/ignore-rules.ts";

export type WalkOptions = {
  readonly signal: AbortSignal;
  /** Files and folders looked at before the walk gives up; 200 000 where absent. */
  readonly limitEntries?: number;
  /** Time from the first batch asked for, with what the caller does in between; 10 s where absent. */
  readonly limitMs?: number;
};

/** `path` is relative to the walked folder, with `/` between its parts. A symbolic link is a `link`, whatever it points to. */
export type WalkEntry = { readonly path: string; readonly kind: "file" | "link" };

/**
 * Walks the files of a folder as git sees them: `.gitignore` at every level, `.git/info/exclude`, and never `.git` or `node_modules`.
 * Symbolic links are told and not followed, so the walk stays inside and cannot go in circles. A folder that cannot be read counts as
 * empty.
 */
export class FolderWalk {
  readonly #root: string;
  readonly #options: WalkOptions;
  #looked = 0;
  #cut: string | undefined;

  constructor(root: string, options: WalkOptions) {
    this.#root = root;
    this.#options = options;
  }

  /** Why the walk ended early, as a sentence; `undefined` where it saw everything. */
  get cut(): string | undefined {
    return this.#cut;
  }

  /** The files of one folder at a time, sorted, a folder before its subfolders. Throws only the signal's reason. */
  async *batches(): AsyncGenerator<readonly WalkEntry[], void, undefined> {
    const { signal, limitMs = 10_000 } = this.#options;
    signal.throwIfAborted();
    const timeUp = AbortSignal.timeout(limitMs);
    const open: Folder[] = [{ path: "", rules: await openRules(this.#root) }];
    for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
      const { files, folders } = await this.#read(folder, timeUp);
      if (files.length > 0) yield files;
      open.push(...folders.toReversed());
      signal.throwIfAborted();
      if (timeUp.aborted) this.#cut = `The search was cut short after ${limitMs / 1000} s: name a smaller folder.`;
      if (this.#cut !== undefined) return;
    }
  }

  async #read(folder: Folder, timeUp: AbortSignal): Promise<{ readonly files: WalkEntry[]; readonly folders: Folder[] }> {
    const found = await this.#list(join(this.#root, folder.path), timeUp);
    const hasRules = found.some((entry) => entry.name === ".gitignore" && entry.isFile());
    const rules = hasRules ? await withFolderRules(folder.rules, join(this.#root, folder.path)) : folder.rules;
    const files: WalkEntry[] = [];
    const folders: Folder[] = [];
    for (const entry of found.sort(byName)) {
      const path = folder.path === "" ? entry.name : `${folder.path}/${entry.name}`;
      if (ALWAYS_SKIPPED.has(entry.name) || rules.ignores(join(this.#root, path), entry.isDirectory())) continue;
      if (entry.isDirectory()) folders.push({ path, rules });
      else if (entry.isFile()) files.push({ path, kind: "file" });
      else if (entry.isSymbolicLink()) files.push({ path, kind: "link" });
    }
    return { files, folders };
  }

  /** Reads piece by piece: one folder may hold more names than fit the limits. */
  async #list(folder: string, timeUp: AbortSignal): Promise<Dirent[]> {
    const { signal, limitEntries = 200_000 } = this.#options;
    const found: Dirent[] = [];
    try {
      for await (const entry of await opendir(folder, { bufferSize: 512 })) {
        if (this.#looked >= limitEntries) {
          this.#cut = `The search was cut short after ${limitEntries} files and folders: name a smaller folder.`;
          break;
        }
        this.#looked += 1;
        found.push(entry);
        if (signal.aborted || timeUp.aborted) break;
      }
    } catch {
      // Removed meanwhile, or not ours to read: nothing of it is told.
    }
    return found;
  }
}

type Folder = { readonly path: string; readonly rules: IgnoreRules };

const ALWAYS_SKIPPED: ReadonlySet<string> = new Set([".git", "node_modules"]);

const byName = (left: Dirent, right: Dirent): number => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0);
