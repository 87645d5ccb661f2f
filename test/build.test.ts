import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

/** The package as users get it: built, packed, installed from the tarball, and run from there. */

const ROOT = resolve(import.meta.dirname, "..");
const LIMIT_MS = 60_000;
/** Most that an installation may take on the disk, with all that it depends on. */
const SIZE_LIMIT_BYTES = 25 * 1024 * 1024;

const place = mkdtempSync(join(tmpdir(), "factory-build-"));
const project = join(place, "project");
const installed = join(project, "node_modules", "factory");
const bin = join(project, "node_modules", ".bin", "factory");
after(() => rmSync(place, { recursive: true, force: true }));

before(async () => {
  await run("scripts/build.ts", [join(place, "out")], ROOT);
  await npm(["pack", join(place, "out"), "--pack-destination", place, "--ignore-scripts"], place);
  const tarball = readdirSync(place).find((name) => name.endsWith(".tgz"));
  assert.ok(tarball, "npm pack writes a tarball");
  // Nothing of it is fetched: the package brings what it needs.
  await npm(["install", join(place, tarball), "--prefix", project, "--offline", "--no-audit", "--no-fund"], place);
});

test("the installed program starts and says its version and its commands", async () => {
  const version = await run(bin, ["--version"], project);
  assert.match(version, /^factory \d+\.\d+\.\d+/);
  assert.match(await run(bin, ["--help"], project), /^ {2}exec +\S/m);
});

test("the installed program does a whole task: prompts, tools and wires are all found", async () => {
  const summary: unknown = JSON.parse(await run(bin, ["demo", "--json"], project));
  assert.ok(typeof summary === "object" && summary !== null && "ok" in summary, "demo --json prints a summary");
  assert.equal(summary.ok, true);
});

test("the library is imported by the package's name, with its types", async () => {
  const program = `import { collect, openModel } from "factory";\nconsole.log(typeof collect, (await openModel("sim/demo")).provider);\n`;
  writeFileSync(join(project, "use.mjs"), program);
  assert.equal(await run(join(project, "use.mjs"), [], project), "function sim\n");

  writeFileSync(join(project, "use.mts"), `${program}const wrong: number = openModel;\n`);
  symlinkSync(join(ROOT, "node_modules/@types"), join(project, "node_modules/@types"));
  const flags = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "false",
    "--ignoreConfig",
    "--target",
    "es2024",
    "--module",
    "nodenext",
    "--types",
    "node",
    "use.mts",
  ];
  const told = await execute(join(ROOT, "node_modules/.bin/tsc"), flags, project).catch((error: unknown) => outputOf(error));
  // The one mistake is the one that was put there: the types were found, and they say something.
  assert.deepEqual([...told.matchAll(/^.*error TS\d+/gm)].map(String), ["use.mts(3,7): error TS2322"], told);
});

test("the installation is small and carries its papers", () => {
  const files = filesBelow(project);
  const size = files.reduce((sum, path) => sum + statSync(path).size, 0);
  assert.ok(size <= SIZE_LIMIT_BYTES, `the installation takes ${size} bytes`);
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md", "THIRD-PARTY-LICENSES", "types/index.d.ts"]) {
    assert.ok(files.includes(join(installed, name)), `${name} is packed`);
  }
  assert.deepEqual(
    files.filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path.slice(project.length)) && path.startsWith(installed)),
    [],
    "no source and no test is packed",
  );
});

test("the build does not empty a folder that holds something else", async () => {
  const foreign = mkdtempSync(join(place, "foreign-"));
  writeFileSync(join(foreign, "mine.txt"), "mine");
  await assert.rejects(run("scripts/build.ts", [foreign], ROOT), /is not empty and no earlier build/);
  assert.deepEqual(readdirSync(foreign), ["mine.txt"]);
});

/** The output of a program run with this Node. */
function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  return execute(process.execPath, [program, ...args], cwd);
}

function npm(args: readonly string[], cwd: string): Promise<string> {
  return execute("npm", args, cwd);
}

async function execute(program: string, args: readonly string[], cwd: string): Promise<string> {
  // Inside a test run, node:test tells its children to report to it.
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const env = {
    ...rest,
    PATH: [dirname(process.execPath), rest["PATH"] ?? ""].join(delimiter),
    FACTORY_HOME: join(place, "home"),
    npm_config_cache: join(place, "npm"),
    npm_config_update_notifier: "false",
  };
  const { stdout } = await promisify(execFile)(program, args, { cwd, env, timeout: LIMIT_MS, encoding: "utf8" });
  return stdout;
}

const outputOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "stdout" in error ? String(error.stdout) : String(error);

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("@types"))
    .map((entry) => join(entry.parentPath, entry.name));
}
