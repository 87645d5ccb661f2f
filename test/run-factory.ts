import assert from "node:assert/strict";
import { spawn, spawnSync, type ChildProcessWithoutNullStreams } from "node:child_process";
import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { JsonObject } from "#base/json.ts";
import type { Scenario } from "#simulator/scenario.ts";
import { startSimulator, type Received, type Simulator } from "#simulator/simulator.ts";

/** Whatever closes things when it is over: a test's context. */
export type Owner = { after(close: () => Promise<unknown> | void): void };

/** Folders for one test: `cwd` to work in, and the user's own; all lie in `root`, which is removed. */
export type Place = {
  readonly root: string;
  readonly cwd: string;
  readonly home: string;
  readonly factoryHome: string;
  readonly tmp: string;
};

export async function openPlace(owner: Owner): Promise<Place> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "factory-e2e-")));
  owner.after(() => rm(root, { recursive: true, force: true }));
  const place = {
    root,
    cwd: join(root, "work"),
    home: join(root, "home"),
    factoryHome: join(root, "home/.factory"),
    tmp: join(root, "tmp"),
  };
  for (const folder of [place.cwd, place.home, place.tmp]) await mkdir(folder);
  return place;
}

export type RunOptions = {
  /** Written to stdin, which is then closed; `open`: a pipe that nobody writes to or closes. */
  readonly stdin?: string | Uint8Array | "open";
  /** Beside PATH, HOME, FACTORY_HOME and TMPDIR, which are all the program gets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** A command line that runs the rest: `bwrap …`. */
  readonly under?: readonly string[];
  readonly limitMs?: number;
};

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string; readonly ms: number };

/** A started program. `ended` never rejects; a program over its time limit is killed and has `code` null. */
export type Running = {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ran>;
  readonly stdout: () => string;
};

export const MAIN = fileURLToPath(new URL("../src/cli/main.js", import.meta.url));
export const ROOT = dirname(dirname(dirname(MAIN)));

/** The command line as users type it, as a child process. */
export const startFactory = (place: Place, args: readonly string[], options: RunOptions = {}): Running =>
  startProgram(place, [process.execPath, MAIN, ...args], options);

export const runFactory = (place: Place, args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  startFactory(place, args, options).ended;

export function startProgram(place: Place, argv: readonly string[], options: RunOptions = {}): Running {
  const { stdin = "", env = {}, cwd = place.cwd, under = [], limitMs = 20_000 } = options;
  const [program = "", ...rest] = [...under, ...argv];
  const startedAt = performance.now();
  const child = spawn(program, rest, { cwd, env: { ...environment(place), ...env } });
  const limit = setTimeout(() => child.kill("SIGKILL"), limitMs);
  const text = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (piece: string) => (text[name] += piece));
  }
  // A program that ends without reading its input is no failure of the test.
  child.stdin.on("error", () => undefined);
  if (stdin !== "open") child.stdin.end(stdin);
  const ended = new Promise<Ran>((resolve) => {
    child.once("error", (error) => (text.stderr += error.message));
    child.once("close", (code) => {
      clearTimeout(limit);
      child.stdin.destroy();
      resolve({ code, ...text, ms: performance.now() - startedAt });
    });
  });
  return { child, ended, stdout: () => text.stdout };
}

const environment = ({ home, factoryHome, tmp }: Place): Record<string, string> => ({
  PATH: [dirname(process.execPath), process.env["PATH"] ?? "/usr/bin:/bin"].join(delimiter),
  HOME: home,
  FACTORY_HOME: factoryHome,
  TMPDIR: tmp,
});

/** What failed and why on the first line of stderr, what to do on the second; no answer, no stack trace. */
export function assertTold(
  { code, stdout, stderr }: Ran,
  expected: { readonly code: number; readonly what: RegExp; readonly todo: RegExp },
): void {
  const [what = "", todo = "", ...more] = stderr.trimEnd().split("\n");
  assert.equal(code, expected.code, stderr);
  assert.match(what, /^factory: \S/);
  assert.match(what, expected.what);
  assert.match(todo, /^ {2}\S/);
  assert.match(todo, expected.todo);
  assert.deepEqual([stdout, more], ["", []]);
}

type Steps = Scenario["steps"];
type Step = Steps[number];

/** The simulator with these steps; a reply alone is given to every request. `models`: what it lists. */
export async function simulate(owner: Owner, steps: Steps | NonNullable<Step["reply"]>, models?: Scenario["models"]): Promise<Simulator> {
  const scenario: Scenario = { steps: isSteps(steps) ? steps : [{ times: 0, reply: steps }], ...(models === undefined ? {} : { models }) };
  const simulator = await startSimulator({ scenario });
  owner.after(() => simulator.close());
  return simulator;
}

const isSteps = (given: Steps | NonNullable<Step["reply"]>): given is Steps => Array.isArray(given);

/** The requests that were chats. */
export const chats = ({ requests }: Simulator): readonly Received[] => requests.filter(({ wire }) => wire !== null);

/** A step that calls one tool, as the answer to the given turn. */
export const callStep = (turn: number, name: string, args: JsonObject | string): Step => ({
  when: { turn },
  reply: { tool_calls: [{ name, arguments: args }] },
});

export const textStep = (text: string): Step => ({ times: 0, reply: { text } });

/** A server on loopback; gives its URL. */
export async function serve(owner: Owner, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  owner.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

/** Listens on a free port of loopback and gives the port. */
export const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** Waits until it holds; fails after ten seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; !(await holds()); waited += 20) {
    if (waited > 10_000) throw new Error(`it never came to hold: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for the process id that a command of the model writes into `pid` (`echo $$ > pid`); it is also its group's. */
export async function writtenPid(cwd: string): Promise<number> {
  let pid = 0;
  await until("the command runs", async () => {
    pid = Number(await readFile(join(cwd, "pid"), "utf8").catch(() => ""));
    return pid > 0;
  });
  return pid;
}

/** Why tests with a sandbox cannot run here; `false` where they can: what node:test takes as `skip`. */
export function noSandbox(): string | false {
  if (process.platform !== "linux") return "these tests need bubblewrap, which is for Linux";
  const tried = spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "--unshare-net", "true"], { timeout: 5_000, encoding: "utf8" });
  if (tried.status === 0) return false;
  return `bwrap does not run here: ${tried.error?.message ?? tried.stderr.trim()}`;
}

/** Why tests with a terminal cannot run here; `false` where they can. `script` of util-linux runs a command on a terminal of its own. */
export const noTerminal = (): string | false =>
  spawnSync("script", ["--version"]).stdout?.includes("util-linux") ? false : "these tests need `script` of util-linux";

/** The command line on a terminal. `answer` waits until it has been asked, and types. */
export function onTerminal(place: Place, args: readonly string[], options: RunOptions = {}) {
  const command = [process.execPath, MAIN, ...args].join(" ");
  const running = startProgram(place, ["script", "-qec", command, "/dev/null"], { ...options, stdin: "open" });
  const answer = async (question: string, typed: string) => {
    await until(`it asks: ${question}`, () => running.stdout().includes(question));
    running.child.stdin.write(typed);
  };
  return { ...running, answer };
}

/** Runs a command with these paths read-only, for root too. */
export const withReadOnly = (...paths: readonly string[]): readonly string[] => [
  "bwrap",
  "--dev-bind",
  "/",
  "/",
  ...paths.flatMap((path) => ["--ro-bind", path, path]),
];
