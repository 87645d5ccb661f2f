import { randomBytes } from "node:crypto";
import { mkdir, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "#base/usage-error.ts";
import { checksFolder, type Env } from "#app/home.ts";
import type { CheckReport } from "#app/check/run-check.ts";

/** Longest file name that every file system takes, less the ending, in bytes. */
const NAME_LIMIT = 200;

/**
 * Keeps a report in the user's own folder as `checks/<provider>--<model>.json`, the model percent-encoded, in place of the one before; `at`
 * in milliseconds since 1970. Returns the path. Throws `UsageError` where it cannot be written.
 */
export async function saveCheck(report: CheckReport, { env, at }: { readonly env: Env; readonly at: number }): Promise<string> {
  const folder = checksFolder(env);
  const path = join(folder, `${report.provider}--${encodeURIComponent(report.model).slice(0, NAME_LIMIT)}.json`);
  const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
  const text = `${JSON.stringify({ at: new Date(at).toISOString(), ...report }, null, 2)}\n`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(temporary, text, { mode: 0o600, flag: "wx" });
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw new UsageError(
      `the results cannot be saved to ${path}: ${error instanceof Error ? error.message : String(error)}`,
      "Check the folder's rights, or set FACTORY_HOME to another.",
    );
  }
  return path;
}
