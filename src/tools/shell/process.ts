import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

export type ProcessRun = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** Standard output and standard error in the order in which they were written. */
  readonly onOutput: (bytes: Uint8Array) => void;
};

/**
 * `code` and `signal` are both null where the process could not be ended. `leftBehind`: it ended and had others of its group still
 * running.
 */
export type ProcessEnd = {
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly leftBehind: boolean;
};

/**
 * Runs a program in a process group of its own, with nothing to read, and ends the whole group with it: SIGTERM, after 2 s SIGKILL. A
 * process that leaves the group is not found again, and cannot hold up the end either. Throws the signal's reason once all is ended,
 * and what `spawn` throws.
 */
export async function runProcess(run: ProcessRun): Promise<ProcessEnd> {
  run.signal.throwIfAborted();
  // One pipe for both outputs, so that they come in order. The shell replaces itself by the program.
  const child = spawn("/bin/sh", ["-c", 'exec "$@" 2>&1', "sh", ...run.argv], {
    cwd: run.cwd,
    env: { ...run.env },
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.stdout.on("data", run.onOutput);
  // A program that leaves at once must not leave the group behind.
  const kill = () => signalGroup(child, "SIGKILL");
  process.once("exit", kill);
  const drained = closed(child);
  const exited = exit(child);
  await once(child, "spawn");

  const early = await earlyEnd(exited, run);
  const leftBehind = early !== undefined && !(await groupGone(child, SETTLE_MS));
  if (early === undefined || leftBehind) await endGroup(child);
  process.off("exit", kill);
  const end = early ?? (await Promise.race([exited, delay(SETTLE_MS, undefined, { ref: false })]));
  await Promise.race([drained, delay(DRAIN_MS, undefined, { ref: false })]);
  child.stdout.destroy();
  run.signal.throwIfAborted();
  return { code: end?.code ?? null, signal: end?.signal ?? null, timedOut: early === undefined, leftBehind };
}

/** What ends by itself just after the main process (`> >(tee log)`) has this long to do so. */
const SETTLE_MS = 100;
/** From SIGTERM to SIGKILL. */
const GRACE_MS = 2_000;
/** How long a process outside the group may go on holding the pipe. */
const DRAIN_MS = 1_000;
const POLL_MS = 10;

type Ended = { readonly code: number | null; readonly signal: string | null };

const exit = (child: ChildProcess): Promise<Ended> =>
  new Promise((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));

const closed = (child: ChildProcess): Promise<void> => new Promise((resolve) => child.stdout?.once("close", resolve));

/** `undefined` where the time limit or the signal came first. */
async function earlyEnd(exited: Promise<Ended>, { limitMs, signal }: ProcessRun): Promise<Ended | undefined> {
  // Lets go of the timer and of the signal, which may live through thousands of commands.
  const over = new AbortController();
  const stopped = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: over.signal });
  });
  const timeUp = delay(limitMs, undefined, { signal: over.signal }).catch(() => undefined);
  const end = await Promise.race([exited, stopped, timeUp]);
  over.abort();
  return end;
}

async function endGroup(child: ChildProcess): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    signalGroup(child, signal);
    if (await groupGone(child, GRACE_MS)) return;
  }
}

async function groupGone(child: ChildProcess, limitMs: number): Promise<boolean> {
  const timeUp = AbortSignal.timeout(limitMs);
  while (signalGroup(child, 0) && !(await onlyZombies(child))) {
    if (timeUp.aborted) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Whether there was anyone to get it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.kill(-child.pid, signal);
  } catch (error) {
    // Another user's process, as of sudo, is there and not ours to signal.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Orphans that have ended count as members until the system's first process collects them, which in a container may be never. */
async function onlyZombies(child: ChildProcess): Promise<boolean> {
  if (process.platform !== "linux") return false;
  try {
    for (const entry of await readdir("/proc")) {
      // `pid (name) state parent group …`; the name may hold anything.
      const [, state, group] = /\) (\S) \d+ (\d+) [^)]*$/.exec(await statOf(entry)) ?? [];
      if (group === String(child.pid) && state !== "Z" && state !== "X") return false;
    }
    return true;
  } catch {
    return false;
  }
}

const statOf = (entry: string): Promise<string> =>
  /^\d+$/.test(entry) ? readFile(`/proc/${entry}/stat`, "utf8").catch(() => "") : Promise.resolve("");
