import { lstat } from "node:fs/promises";
import { join } from "node:path";
import type { SandboxPlan } from "#tools/shell/sandbox-plan.ts";
import { secretPaths } from "#tools/shell/secret-paths.ts";

/**
 * The `bwrap` arguments before the command. Everything is mounted read-only; over it, inner paths after outer ones, lie the writable
 * folders, the read-only parts within them, and the hidden ones.
 */
export async function bubblewrapArguments(plan: SandboxPlan): Promise<readonly string[]> {
  const mounts = [
    ...ESSENTIAL,
    ...(await runFolder()),
    ...(await writable(plan)),
    ...(await protectedGit(plan.cwd)),
    ...(await hidden(plan)),
  ].toSorted((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  return [
    ...ALONE,
    ...(plan.network ? [] : ["--unshare-net"]),
    ...(plan.isRoot ? ROOT_RIGHTS : []),
    ...mounts.flatMap(({ args }) => args),
    // Sealed last, when all that lies within is in place: what is written there would seem kept and be lost.
    ...mounts.flatMap(({ at, args }) => (args[0] === "--tmpfs" ? ["--remount-ro", at] : [])),
    "--chdir",
    plan.cwd,
    "--",
  ];
}

const ALONE = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session"] as const;

type Mount = { readonly at: string; readonly args: readonly string[] };

const mount = (kind: string, at: string, from?: string): Mount => ({ at, args: from === undefined ? [kind, at] : [kind, from, at] });

const ESSENTIAL: readonly Mount[] = [mount("--ro-bind", "/", "/"), mount("--dev", "/dev"), mount("--proc", "/proc")];

/** Root would keep every right of the kernel, remounting included; these three only let it use files of others as before. */
const ROOT_RIGHTS = ["--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE", "--cap-add", "CAP_CHOWN", "--cap-add", "CAP_FOWNER"] as const;

/**
 * A socket in `/run` (of Docker, the session bus, an agent of keys) would be a way out, read-only or not; names and programs are
 * needed.
 */
async function runFolder(): Promise<readonly Mount[]> {
  const kept = await existing(RUN_KEPT);
  return [mount("--tmpfs", "/run"), ...kept.map((path) => mount("--ro-bind", path, path))];
}

const RUN_KEPT = [
  "/run/systemd/resolve",
  "/run/resolvconf",
  "/run/NetworkManager/resolv.conf",
  "/run/current-system",
  "/run/wrappers",
] as const;

/** `/tmp` is the private folder too, unless the work itself lies in `/tmp`: then that stays as it is, read-only. */
async function writable({ cwd, scratch }: SandboxPlan): Promise<readonly Mount[]> {
  const inTmp = cwd === "/tmp" || cwd.startsWith("/tmp/");
  return [
    ...(inTmp ? [] : [mount("--bind", "/tmp", scratch.tmp)]),
    mount("--bind", scratch.tmp, scratch.tmp),
    mount("--ro-bind", scratch.outputs, scratch.outputs),
    mount("--bind", cwd, cwd),
  ];
}

/** What git runs or obeys later, outside the sandbox. `.git` is mounted on itself since a mounted folder cannot be renamed away. */
async function protectedGit(cwd: string): Promise<readonly Mount[]> {
  const git = join(cwd, ".git");
  const [config, hooks] = [join(git, "config"), join(git, "hooks")];
  const found = { git: await kindOf(git), config: await kindOf(config), hooks: await kindOf(hooks) };
  if (found.git === "none" || found.git === "link") return [];
  // A file (of a linked worktree), or a folder with links in it: all of it is left alone.
  if (found.config !== "file" || found.hooks === "link") return [mount("--ro-bind", git, git)];
  return [
    mount("--bind", git, git),
    mount("--ro-bind", config, config),
    found.hooks === "folder" ? mount("--ro-bind", hooks, hooks) : mount("--tmpfs", hooks),
  ];
}

async function hidden({ home, hide, scratch }: SandboxPlan): Promise<readonly Mount[]> {
  const secrets = await secretPaths(home, hide);
  return secrets.map(({ path, isFolder }) => (isFolder ? mount("--tmpfs", path) : mount("--ro-bind", path, scratch.emptyFile)));
}

type Kind = "none" | "file" | "folder" | "link";

const kindOf = (path: string): Promise<Kind> =>
  lstat(path).then(
    (found) => (found.isSymbolicLink() ? "link" : found.isDirectory() ? "folder" : "file"),
    () => "none",
  );

async function existing(paths: readonly string[]): Promise<readonly string[]> {
  const kinds = await Promise.all(paths.map(kindOf));
  return paths.filter((_, index) => kinds[index] === "file" || kinds[index] === "folder");
}
