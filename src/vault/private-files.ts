import { chmod, mkdir, stat } from "node:fs/promises";

export type Warn = (message: string) => void;

type Repair = { readonly platform: NodeJS.Platform; readonly warn: Warn };

/** Makes the folder where it is missing (0700) and closes it to others where it is open. Throws the system's error. */
export async function ensurePrivateFolder(folder: string, repair: Repair): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await repairMode(folder, 0o700, repair);
}

/** Takes away what others may do with it, and tells that they could. A path that is missing is left so. Windows has no such modes. */
export async function repairMode(path: string, mode: number, { platform, warn }: Repair): Promise<void> {
  if (platform === "win32") return;
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || (found.mode & 0o077) === 0) return;
  const was = (found.mode & 0o777).toString(8).padStart(4, "0");
  try {
    await chmod(path, mode);
    warn(`${path} was open to other users (${was}); it is closed now`);
  } catch {
    warn(`${path} is open to other users (${was}) and cannot be closed: run chmod ${mode.toString(8)} on it as its owner`);
  }
}
