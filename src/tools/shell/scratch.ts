import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Absolute paths, symbolic links resolved. */
export type Scratch = {
  /** Writable for sandboxed commands. */
  readonly tmp: string;
  /** Outputs too long to show; commands can read them. */
  readonly outputs: string;
  /** An empty file, laid over the ones that a command must not read. */
  readonly emptyFile: string;
};

/** Makes a private temp folder that goes when the program ends. Throws what the file system throws. */
export function openScratch(): Scratch {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "factory-shell-")));
  process.once("exit", () => rmSync(root, { recursive: true, force: true }));
  const scratch = { tmp: join(root, "tmp"), outputs: join(root, "outputs"), emptyFile: join(root, "empty") };
  mkdirSync(scratch.tmp);
  mkdirSync(scratch.outputs);
  writeFileSync(scratch.emptyFile, "", { mode: 0o444 });
  return scratch;
}
