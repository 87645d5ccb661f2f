import { canTrustSystem } from "#base/authorities.ts";
import { findProgram, findSandbox } from "#tools/shell/sandbox.ts";
import { openScratch } from "#tools/shell/scratch.ts";
import { findAgentPrograms, withVersion } from "#app/agent-programs.ts";
import { ok, warn, type DoctorAround, type Finding } from "#app/doctor/check.ts";

/** The oldest Node that can be told to trust the operating system's certificate authorities. */
const BEST_NODE = "22.19";

/** Which Node runs this. One that is too old does not get as far as here. */
export async function checkNode(): Promise<readonly Finding[]> {
  const from = /[\\/]node_modules[\\/]/.test(process.execPath) ? "installed with factory" : process.execPath;
  const said = `${process.version}, ${from}`;
  if (canTrustSystem(process.getBuiltinModule("node:tls"))) return [ok(said)];
  return [warn(said, `Node ${BEST_NODE} or newer also trusts the certificates that this system trusts.`)];
}

export async function checkTerminal({ env, terminal, platform }: DoctorAround): Promise<readonly Finding[]> {
  const { isTty, columns, colourBits } = terminal;
  const plain = (env["NO_COLOR"] ?? "") === "" ? "no colours" : "no colours (NO_COLOR)";
  const colours = colourBits > 1 ? `${2 ** colourBits} colours` : plain;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  const isUtf8 = platform === "win32" || platform === "darwin" || /utf-?8/i.test(locale);
  const found = [isTty ? `${columns ?? "unknown"} columns` : "no terminal", ...(isTty ? [colours] : []), isUtf8 ? "UTF-8" : "not UTF-8"];
  if (!isUtf8) return [warn(found.join(", "), "Signs may look wrong: `export LC_ALL=C.UTF-8`.")];
  if (isTty && columns !== undefined && columns < NARROW) return [warn(found.join(", "), `Tables want ${NARROW} columns or more.`)];
  return [ok(found.join(", "))];
}

const NARROW = 60;

/** Whether shell commands of the agent can be confined. */
export async function checkSandbox({ env, cwd, home, platform }: DoctorAround): Promise<readonly Finding[]> {
  const plan = { cwd, scratch: openScratch(), network: false, home: env["HOME"] || home, hide: [home], isRoot: process.getuid?.() === 0 };
  const search = { platform, path: env["PATH"] ?? "", cwd };
  const sandbox = await findSandbox(plan, search);
  if (sandbox.ok) return [ok(`${platform === "darwin" ? "Seatbelt" : "bubblewrap"} works: shell commands run confined`)];
  const installed = findProgram("bwrap", search) !== undefined;
  const mend = installed
    ? "Allow unprivileged user namespaces, or use --auto all, which runs commands unconfined."
    : "Install bubblewrap (`apt install bubblewrap`), or use --auto all, which runs commands unconfined.";
  return [warn(sandbox.reason, mend)];
}

/** Which other coding agents are on the PATH. */
export async function checkAgents({ env, cwd, platform, signal }: DoctorAround): Promise<readonly Finding[]> {
  const found = findAgentPrograms({ platform, path: env["PATH"] ?? "", cwd });
  if (found.length === 0) return [ok("none found; none is needed")];
  const all = await Promise.all(found.map((each) => withVersion(each, env, signal)));
  return all.map(({ name, program, version }) => ok(`${name} (${program}) ${version ?? "does not tell its version"}`));
}
