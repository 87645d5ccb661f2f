import { withheldPaths } from "#app/load-settings.ts";
import { askYes } from "#cli/ask-line.ts";
import type { Surroundings } from "#cli/command.ts";
import type { Untrusted } from "#config/load.ts";
import { printable } from "#terminal/paint.ts";

/** Shows what the folder's configuration wants, without its values, and asks. `undefined` where no terminal is there to be asked. */
export async function askTrust(untrusted: Untrusted, around: Surroundings): Promise<boolean | undefined> {
  const { stdin, stderr } = around;
  if (!stderr.isTTY || !stdin.isTTY) return undefined;
  const paths = withheldPaths(untrusted).map((path) => `  ${path}\n`);
  stderr.write(`The configuration of ${printable(untrusted.folder)} says where requests and keys go, or what is run:\n${paths.join("")}`);
  return askYes("Trust this folder?", around);
}
