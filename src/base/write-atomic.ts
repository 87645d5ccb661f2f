import { randomBytes } from "node:crypto";
import { open, readdir, realpath, rename, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Puts `bytes` at `path` in one step, on the disk when it returns: readers see the old file or the new one, also after a crash. The folder
 * must exist; a link is followed. Throws the system's error, and then the old file is as it was. `mode`: the new file's, 0o600 for secrets.
 */
export async function writeAtomic(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(dirname(target));
}

/** Removes what killed writers of `path` left behind. Call it with the file's lock held: a running writer would lose its work. */
export async function removeLeftovers(path: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const start = `.${basename(target)}.`;
  for (const name of await readdir(dirname(target)).catch(() => [])) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue;
    await unlink(join(dirname(target), name)).catch(() => undefined);
  }
}

/** Makes the rename itself survive a power cut. Some systems cannot sync a folder; the file is whole there too. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    return;
  }
}
