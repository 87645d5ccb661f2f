import { realpath } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxPlan } from "#tools/shell/sandbox-plan.ts";
import { secretPaths, type SecretPath } from "#tools/shell/secret-paths.ts";

/** The `sandbox-exec` arguments before the command. */
export async function seatbeltArguments(plan: SandboxPlan): Promise<readonly string[]> {
  const home = await realpath(plan.home).catch(() => plan.home);
  return ["-p", seatbeltProfile(plan, await secretPaths(home, plan.hide)), "--"];
}

/**
 * A profile of Apple's Seatbelt: what is not allowed is denied, and of two rules that fit the later one counts. Paths are those of the
 * kernel: symbolic links resolved (`/private/var`, not `/var`).
 */
export function seatbeltProfile(plan: SandboxPlan, secrets: readonly SecretPath[]): string {
  const { cwd, scratch, network } = plan;
  const git = join(cwd, ".git");
  return [
    ...ESSENTIAL,
    `(allow file-write* ${subpath(cwd)} ${subpath(scratch.tmp)})`,
    // What git runs or obeys later, outside the sandbox; `.git` itself shall not be renamed away.
    `(deny file-write* ${subpath(join(git, "hooks"))} ${literal(join(git, "config"))} ${literal(join(git, "commondir"))})`,
    `(deny file-write-create file-write-unlink ${literal(git)})`,
    ...secrets.map(({ path, isFolder }) => `(deny file-read* file-write* ${isFolder ? subpath(path) : literal(path)})`),
    // The work goes on where the folder itself lies within a hidden one.
    ...(secrets.some(({ path }) => cwd.startsWith(`${path}/`)) ? [`(allow file-read* file-write* ${subpath(cwd)})`] : []),
    ...(network ? NETWORK : []),
  ].join("\n");
}

const ESSENTIAL = [
  "(version 1)",
  "(deny default)",
  "(allow process-exec)",
  "(allow process-fork)",
  "(allow signal (target same-sandbox))",
  "(allow process-info* (target same-sandbox))",
  "(allow sysctl-read)",
  "(allow user-preference-read)",
  "(allow file-read*)",
  '(allow file-write-data (literal "/dev/null") (literal "/dev/zero") (literal "/dev/dtracehelper"))',
  '(allow file-ioctl (literal "/dev/null") (literal "/dev/dtracehelper"))',
  "(allow ipc-posix-sem)",
  '(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo"))',
  '(allow mach-lookup (global-name "com.apple.system.logger") (global-name "com.apple.logd"))',
  '(allow mach-lookup (global-name "com.apple.PowerManagement.control"))',
] as const;

const NETWORK = [
  "(allow system-socket)",
  "(allow network-bind network-inbound (local ip))",
  "(allow network-outbound (remote ip))",
  '(allow network-outbound (literal "/private/var/run/mDNSResponder"))',
  '(allow mach-lookup (global-name "com.apple.SystemConfiguration.configd"))',
  '(allow mach-lookup (global-name "com.apple.SystemConfiguration.DNSConfiguration"))',
  '(allow mach-lookup (global-name "com.apple.trustd") (global-name "com.apple.trustd.agent") (global-name "com.apple.networkd"))',
] as const;

const subpath = (path: string): string => `(subpath ${quoted(path)})`;
const literal = (path: string): string => `(literal ${quoted(path)})`;
const quoted = (text: string): string => `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
