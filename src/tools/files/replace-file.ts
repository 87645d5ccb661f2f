import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { lstat, mkdir, open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, followLinks } from "#tools/files/inside.ts";

/**
 * Puts `bytes` at `path` in one step: readers see the old file or the new one. Mode and owner stay; missing folders are made. `path` comes
 * from `resolveWritable`; where a link has since been put into it, nothing is written. Where the folder takes no new file, the old one is
 * overwritten in place. Throws with the reason.
 */
export async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await checkFolder(folder);
  await mkdir(folder, { recursive: true });
  await checkFolder(folder);
  const old = await lstat(path).catch(() => undefined);
  if (old !== undefined && !old.isFile()) throw new Error("it is not a regular file");
  const temporary = join(folder, `.factory-${randomBytes(6).toString("hex")}.tmp`);
  let handle: FileHandle;
  try {
    handle = await open(temporary, "wx", 0o666);
  } catch (error) {
    if (old === undefined || !NO_NEW_FILE.has(errorCode(error))) throw error;
    return overwrite(path, bytes);
  }
  try {
    try {
      await handle.writeFile(bytes);
      if (old !== undefined) {
        // Only root can give a file away; for all others it is theirs already or the mode matters more.
        await handle.chown(old.uid, old.gid).catch(() => undefined);
        await handle.chmod(old.mode & 0o7777);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

async function checkFolder(folder: string): Promise<void> {
  if ((await followLinks(folder)) !== folder) throw new Error("a symbolic link was put into its path meanwhile");
}

const NO_NEW_FILE = new Set(["EACCES", "EPERM", "EROFS"]);

async function overwrite(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { nlink } = await handle.stat();
    if (nlink > 1) throw new Error("its folder is not writable, and the file has another name that would change with it");
    await handle.truncate(0);
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
