import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import type { TestContext } from "node:test";

type Project = { readonly root: string; readonly bin: string; readonly calls: string };
type Result = { readonly code: number | null; readonly stdout: string; readonly stderr: string };
type Launch = {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly path?: string;
  readonly npm?: "slow" | "hang" | "warn" | "fail" | "ignore-scripts";
  readonly output?: string;
};

const MAIN = `
const [what, code] = process.argv.slice(2);
if (what === "exit") process.exit(Number(code));
if (what === "wait") { process.on("SIGTERM", () => process.exit(42)); setTimeout(() => {}, 30_000); }
console.log(JSON.stringify({ args: process.argv.slice(2), label: process.env["NODE_LABEL"] }));
`;

const TOOLS = "cat cp dirname env getconf head mkdir mv readlink rm rmdir sed sh sleep tail touch".split(" ");

const FAKE_NPM = `
echo "$1" >>"$NPM_CALLS"
[ "$1" != view ] || exit 0
mkdir -p node_modules/node/bin node_modules/.bin
case $NPM_MODE in
  slow) sleep 1 ;;
  hang) exec sleep 30 ;;
  warn) printf '%s\\n' "$NPM_OUTPUT" >&2 ;;
  fail) printf '%s\\n' "$NPM_OUTPUT" >&2; exit 1 ;;
esac
[ "$NPM_MODE$1" = ignore-scriptsinstall ] || cp ../../bundled node_modules/node/bin/node
for tool in tsc oxfmt; do printf '#!/bin/sh\\n' >node_modules/.bin/$tool; done
printf '#!/bin/sh\\nexit 3\\n' >node_modules/.bin/oxlint
for tool in tsc oxfmt oxlint; do "$REAL_NODE" -e 'fs.chmodSync(process.argv[1], 0o755)' node_modules/.bin/$tool; done
`;

/** A copy of the launcher with a small program behind it, in a folder with blanks and quotes, and a PATH of its own. */
export async function openProject(context: TestContext, systemVersion = "v26.0.0"): Promise<Project> {
  const folder = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), "factory setup ' \"-"));
  context.after(() => fs.rm(folder, { recursive: true, force: true }));
  const project = { root: path.join(folder, "-root"), bin: path.join(folder, "bin"), calls: path.join(folder, "calls") };
  const home = path.dirname(import.meta.dirname);
  await fs.mkdir(path.join(project.root, "src", "cli"), { recursive: true });
  await fs.mkdir(project.bin);
  await fs.copyFile(path.join(home, "factory"), path.join(project.root, "factory"));
  await fs.chmod(path.join(project.root, "factory"), 0o755);
  await fs.mkdir(path.join(project.root, "scripts"));
  for (const name of ["setup.sh", "install.sh", "run.sh"]) {
    await fs.copyFile(path.join(home, "scripts", name), path.join(project.root, "scripts", name));
  }
  await fs.writeFile(path.join(project.root, "src", "cli", "main.js"), MAIN);
  await fs.writeFile(path.join(project.root, "package.json"), `{ "type": "module" }\n`);
  await fs.writeFile(path.join(project.root, "package-lock.json"), `{ "lockfileVersion": 3 }\n`);
  await fs.writeFile(project.calls, "");
  for (const tool of TOOLS) {
    const found = spawnSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).stdout.trim();
    if (found !== "") await fs.symlink(found, path.join(project.bin, tool));
  }
  await writeNode(path.join(project.bin, "node"), systemVersion, "system");
  await writeNode(path.join(folder, "bundled"), "v26.10.0", "bundled");
  await writeProgram(path.join(project.bin, "npm"), FAKE_NPM);
  return project;
}

/** A Node that claims a version, and tells the program it runs which Node it is. */
export async function writeNode(file: string, version: string, label: string): Promise<void> {
  await writeProgram(
    file,
    `case "$1 $2" in
  "-p process.version") echo ${version} ;;
  "-p process.execPath") printf '%s\\n' "$0" ;;
  *) NODE_LABEL=${label} exec ${quoted(process.execPath)} "$@" ;;
esac
`,
  );
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

async function writeProgram(file: string, body: string): Promise<void> {
  await fs.writeFile(file, `#!/bin/sh\n${body}`);
  await fs.chmod(file, 0o755);
}

/** Runs the launcher, or `command` in its place, to its end. */
export function launch(project: Project, options: Launch = {}): Promise<Result> {
  return start(project, options).result;
}

/** The same, with the process at hand while it runs. */
export function start(project: Project, options: Launch) {
  const [program = "", ...before] = options.command ?? [path.join(project.root, "factory")];
  const child = spawn(program, [...before, ...(options.args ?? [])], {
    cwd: options.cwd ?? project.root,
    env: {
      PATH: options.path ?? project.bin,
      NPM_CALLS: project.calls,
      NPM_MODE: options.npm ?? "",
      NPM_OUTPUT: options.output ?? "",
      REAL_NODE: process.execPath,
    },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });
  return { child, result: collect(child.stdout, child.stderr, once(child, "close")) };
}

async function collect(out: NodeJS.ReadableStream, err: NodeJS.ReadableStream, closed: Promise<unknown[]>): Promise<Result> {
  let stdout = "";
  let stderr = "";
  out.on("data", (bytes: Buffer) => (stdout += bytes.toString()));
  err.on("data", (bytes: Buffer) => (stderr += bytes.toString()));
  const [code] = await closed;
  return { code: typeof code === "number" ? code : null, stdout, stderr };
}

/** Exit code 2, nothing on stdout, and after the notice of an installation exactly one line. */
export function assertFailure(result: Result, line: RegExp): void {
  const lines = result.stderr
    .trimEnd()
    .split("\n")
    .filter((text) => !text.includes("installing dependencies"));
  assert.equal(lines.length, 1, result.stderr);
  assert.match(lines[0] ?? "", line);
  assert.deepEqual([result.code, result.stdout], [2, ""]);
}

export async function npmCalls(project: Project): Promise<readonly string[]> {
  return (await fs.readFile(project.calls, "utf8")).split("\n").filter((line) => line !== "");
}

export async function installs(project: Project): Promise<number> {
  return (await npmCalls(project)).filter((call) => call === "install").length;
}

export async function exists(project: Project, name: string): Promise<boolean> {
  return fs.access(path.join(project.root, name)).then(
    () => true,
    () => false,
  );
}

/** Waits for a condition, 30 s at most. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries += 1) {
    assert.ok(tries < 600, "waited 30 s in vain");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export function inFuture(seconds: number): Date {
  return new Date(Date.now() + seconds * 1000);
}
