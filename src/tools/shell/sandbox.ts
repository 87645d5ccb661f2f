import { execFile } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { bubblewrapArguments } from "#tools/shell/bubblewrap.ts";
import type { SandboxPlan } from "#tools/shell/sandbox-plan.ts";
import { seatbeltArguments } from "#tools/shell/seatbelt.ts";

/** `reason`: why this machine has no sandbox, as a sentence. */
export type Sandbox = { readonly ok: true; readonly wrap: Confine } | { readonly ok: false; readonly reason: string };

/** The argument list that runs a command confined. */
type Confine = (plan: SandboxPlan, argv: readonly string[]) => Promise<readonly string[]>;

/**
 * The sandbox of this machine: bubblewrap on Linux, Seatbelt on macOS. Proves that it works by confining `true`: containers and some
 * systems forbid what it needs. Takes a few milliseconds: ask once.
 */
export async function findSandbox(plan: SandboxPlan, search: ProgramSearch): Promise<Sandbox> {
  const kind = KINDS[search.platform];
  if (kind === undefined) return { ok: false, reason: `There is no sandbox for ${search.platform}.` };
  const program = findProgram(kind.program, search);
  if (program === undefined) return { ok: false, reason: `${kind.name} (${kind.program}) is not installed.` };
  const wrap: Confine = async (each, argv) => [program, ...(await kind.arguments(each)), ...argv];
  const problem = await tryOut(await wrap(plan, [findProgram("true", search) ?? "/bin/true"]));
  return problem === undefined ? { ok: true, wrap } : { ok: false, reason: `${kind.name} does not work here: ${problem}` };
}

export type ProgramSearch = {
  readonly platform: NodeJS.Platform;
  /** The `PATH` variable. */
  readonly path: string;
  /** Programs from here are not taken: a model may have written them. */
  readonly cwd: string;
};

/** The absolute path of an installed program. */
export function findProgram(name: string, { path, cwd }: ProgramSearch): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && folder !== cwd && !folder.startsWith(`${cwd}/`))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

type Kind = {
  readonly name: string;
  readonly program: string;
  readonly arguments: (plan: SandboxPlan) => Promise<readonly string[]>;
};

const KINDS: { readonly [platform in NodeJS.Platform]?: Kind } = {
  linux: { name: "bubblewrap", program: "bwrap", arguments: bubblewrapArguments },
  darwin: { name: "Seatbelt", program: "sandbox-exec", arguments: seatbeltArguments },
};

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** What went wrong, in the program's own words. */
function tryOut([program = "", ...args]: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: 5_000, killSignal: "SIGKILL", env: {}, cwd: "/" }, (error, _, stderr) => {
      if (error === null) resolve(undefined);
      else resolve(stderr.trim().split("\n")[0] || error.message.split("\n")[0] || "it failed");
    });
  });
}
