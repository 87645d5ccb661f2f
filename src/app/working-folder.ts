import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "#base/usage-error.ts";

/** The folder's real path. Throws `UsageError` where it is missing, no folder, or (if it is to be written) read-only. */
export function checkWorkingFolder(folder: string, from: string, toWrite: boolean): string {
  const path = resolve(from, folder);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`the working folder ${path} does not exist`, "Create it, or name another with --cwd.");
  if (!stat.isDirectory()) throw new UsageError(`the working folder ${path} is no folder`, "Name a folder with --cwd.");
  try {
    accessSync(path, constants.R_OK | constants.X_OK | (toWrite ? constants.W_OK : 0));
  } catch {
    throw new UsageError(
      `the working folder ${path} cannot be ${toWrite ? "written" : "read"}`,
      toWrite
        ? "Name another with --cwd, change its rights, or let the agent only read with --auto none."
        : "Name another with --cwd, or change its rights.",
    );
  }
  return realpathSync(path);
}
