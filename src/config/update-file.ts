import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { lstat, mkdir, readFile, readlink, realpath, rm, stat, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "#base/clock.ts";
import { UsageError } from "#base/usage-error.ts";
import { removeLeftovers, writeAtomic } from "#base/write-atomic.ts";

export type Change = (text: string | undefined) => string | Promise<string>;

/**
 * Replaces a file's text by what `change` makes of it; `undefined` stands for a file that is not there yet. One process at a time does so, and
 * readers and crashes see the old text or the new one. A new file gets mode 0600, a new folder 0700; a link is followed. Throws `UsageError`
 * where the file cannot be written, or stays locked for 10 seconds.
 */
export async function updateFile(path: string, change: Change, clock: Clock): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const real = await realpath(path).catch(() => path);
    const release = await acquire(`${real}.lock`, clock);
    try {
      const old = await readFile(real, "utf8").catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw error;
      });
      const text = await change(old);
      if (text !== old) await replace(real, text);
    } finally {
      await release();
    }
  } catch (error) {
    throw explained(error, path);
  }
}

/** Under the lock whatever lies beside it was left by a process that was killed. */
async function replace(path: string, text: string): Promise<void> {
  await removeLeftovers(path);
  const mode = await stat(path).then(
    (old) => old.mode & 0o777,
    () => 0o600,
  );
  await writeAtomic(path, text, mode);
}

/** A lock older than this belongs to nobody that still works, in ms; a change takes a few. For processes of which nothing else is known. */
const STALE_MS = 60_000;

/** How long a lock is waited for, in ms. */
const WAIT_MS = 10_000;

/**
 * Takes a lock and gives the function that lets it go. It leaves nothing behind, unlike `withFileLock`, whose file would lie in the user's
 * project for good. The lock is a link whose target names its holder: it is made in one step and never
 * seen half written. What a killed process left is removed by one process only: the one that holds the lock on that very removal.
 */
async function acquire(path: string, clock: Clock): Promise<() => Promise<void>> {
  const me = `${process.pid}-${randomInt(2 ** 47)}-${hostname()}`;
  const until = clock.now() + WAIT_MS;
  const patience = AbortSignal.timeout(2 * WAIT_MS);
  for (;;) {
    try {
      await symlink(me, path);
      return async () => {
        // Whoever took too long may find it in other hands.
        if ((await readlink(path).catch(() => undefined)) === me) await rm(path, { force: true });
      };
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw error;
    }
    const holder = await readlink(path).catch(() => undefined);
    if (holder !== undefined && (await isStale(path, holder, clock))) await removeStale(path, holder, clock);
    else if (clock.now() > until) {
      const [pid] = holder?.split("-") ?? [];
      throw new UsageError(
        `${path} is held by another process${pid === undefined ? "" : ` (${pid})`}`,
        `Try again; where no such process runs, remove ${path}.`,
      );
    } else await clock.sleep(randomInt(2, 20), patience);
  }
}

async function isStale(path: string, holder: string, clock: Clock): Promise<boolean> {
  const made = await lstat(path).catch(() => undefined);
  if (made === undefined) return false;
  if (clock.now() - made.mtimeMs > STALE_MS) return true;
  const [, pid, host] = /^(\d+)-\d+-(.*)$/.exec(holder) ?? [];
  return host === hostname() && !isAlive(Number(pid));
}

async function removeStale(path: string, holder: string, clock: Clock): Promise<void> {
  const release = await acquire(`${path}.${holder.split("-").slice(0, 2).join("-")}`, clock);
  try {
    if ((await readlink(path).catch(() => undefined)) === holder) await rm(path, { force: true });
  } finally {
    await release();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== "ESRCH";
  }
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function explained(error: unknown, path: string): unknown {
  const reason = REASONS[codeOf(error)];
  return reason === undefined
    ? error
    : new UsageError(`${path} cannot be written: ${reason}`, "Change its rights, or set FACTORY_HOME to another folder.");
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a part of its path is a file",
  EISDIR: "it is a folder",
  ENOENT: "its folder cannot be made",
};
