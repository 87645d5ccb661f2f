import { resolve } from "node:path";
import { systemClock } from "#base/clock.ts";
import { UsageError } from "#base/usage-error.ts";
import { homeOrNone, loadSettings } from "#app/load-settings.ts";
import { defineCommand, JSON_OPTION, type Surroundings } from "#cli/command.ts";
import { oneOf } from "#cli/option-values.ts";
import { tell } from "#cli/report-error.ts";
import { check } from "#config/check.ts";
import { coerce } from "#config/coerce.ts";
import { setInFile } from "#config/edit.ts";
import { importConfig } from "#config/import.ts";
import { configPath, printProblem, projectFolder, type Loaded } from "#config/load.ts";
import { printJsonSchema } from "#config/schema.ts";
import { requirePath, showAll, showSetting } from "#config/show.ts";
import { printOrigin, toNode } from "#config/tree.ts";
import { rememberTrust } from "#config/trust.ts";
import { updateFile } from "#config/update-file.ts";
import { paintFor, printable } from "#terminal/paint.ts";
import { printTable } from "#terminal/table.ts";

type Flags = {
  readonly json?: boolean;
  readonly project?: boolean;
  readonly trust?: boolean;
  readonly config?: string;
  readonly write?: boolean;
};

type Call = { readonly rest: readonly string[]; readonly flags: Flags; readonly around: Surroundings };

/** `factory config`: shows, sets, checks and imports settings. */
export const config = defineCommand({
  name: "config",
  positionals: "get [key] | set <key> <value> | path | check | schema | import <file>",
  options: {
    ...JSON_OPTION,
    project: { help: "set: the project's file, ./.factory/config.toml, not yours" },
    write: { help: "import: make it your file, where you have none" },
    trust: { help: "follow all that the project's file says here, now and later" },
    config: { value: "FILE", help: "read this file in place of yours and the project's" },
  },
  notes: ["Keys are written with dots: reliability.provider_retries, endpoints.0.label. docs/configuration.md has them all."],
  run: ({ values, positionals: [verb = "", ...rest] }, around) =>
    ACTIONS[oneOf("config", verb, ["get", "set", "path", "check", "schema", "import"])]({ rest, flags: values, around }),
});

const ACTIONS: Readonly<Record<"get" | "set" | "path" | "check" | "schema" | "import", (call: Call) => Promise<number>>> = {
  get: getSetting,
  set: setSetting,
  path: listPaths,
  check: checkFiles,
  schema: (call) => printSchema(call),
  import: importFile,
};

async function getSetting(call: Call): Promise<number> {
  const { flags, around } = call;
  const [key] = arity(call, 0, 1);
  if (key !== undefined) requirePath(key);
  const { tree, problems } = await load(call);
  for (const problem of problems) around.stderr.write(`factory: ${printProblem(problem)}\n`);
  if (key === undefined) {
    const rows = showAll(tree);
    if (flags.json === true) return printJson(around, rows);
    const table = {
      columns: [{ title: "KEY" }, { title: "VALUE", least: 20 }, { title: "FROM", least: 12 }],
      paint: paintFor(around.stdout),
    };
    const cells = rows.map(({ path, value, origin }) => [path, printValue(value), origin]);
    around.stdout.write(printTable({ ...table, rows: cells, width: around.stdout.columns }));
    return 0;
  }
  const found = showSetting(tree, key);
  if (found === undefined) {
    around.stderr.write(`factory: ${key} is not set\n`);
    return 1;
  }
  if (flags.json === true) return printJson(around, found);
  around.stdout.write(`${printValue(found.value)}\n`);
  return 0;
}

async function setSetting(call: Call): Promise<number> {
  const { flags, around } = call;
  const [key = "", text = ""] = arity(call, 2, 2);
  const { path, schema } = requirePath(key);
  const value = coerce(text, schema);
  const node = toNode(value, { kind: "flag", layer: "flag", name: key });
  const [wrong] = check(node, schema, around.env).problems;
  if (wrong !== undefined)
    throw new UsageError(`${key}${wrong.path === "" ? "" : `.${wrong.path}`} ${wrong.message}`, "Nothing was written.");
  const folder = flags.project === true ? projectFolder(around.cwd) : homeOf(around);
  const { files } = await load(call);
  const layer = flags.project === true ? "project" : "user";
  const file =
    flags.config === undefined ? files.findLast((each) => each.layer === layer && each.exists)?.path : resolve(around.cwd, flags.config);
  await setInFile(file ?? configPath(folder), { path, value }, systemClock);
  return 0;
}

async function listPaths(call: Call): Promise<number> {
  arity(call, 0, 0);
  const { files } = await load(call);
  if (call.flags.json === true) return printJson(call.around, files);
  for (const { path, layer, exists } of files) call.around.stdout.write(`${path}  (${layer}${exists ? "" : ", not there"})\n`);
  return 0;
}

async function checkFiles(call: Call): Promise<number> {
  const { flags, around } = call;
  arity(call, 0, 0);
  // Here to remember is all that --trust is for: where it fails, that is an error.
  const untold = { ...call, flags: { ...flags, trust: false } };
  const before = await load(untold);
  const trusting = flags.trust === true && before.untrusted !== null ? before.untrusted : undefined;
  if (trusting !== undefined) await rememberTrust(homeOf(around), { ...trusting, trusted: true, clock: systemClock });
  const { problems, untrusted, files } = trusting === undefined ? before : await load(untold);
  const withheld = untrusted?.settings.map(({ path, origin }) => ({ path, where: printOrigin(origin) })) ?? [];
  const code = problems.length > 0 ? 2 : 0;
  if (flags.json === true) {
    const listed = problems.map((each) => ({ where: printOrigin(each.origin), path: each.path, message: each.message }));
    printJson(around, { ok: code === 0, problems: listed, untrusted: withheld });
    return code;
  }
  for (const problem of problems) around.stdout.write(`${printProblem(problem)}\n`);
  for (const { path, where } of withheld)
    around.stdout.write(`${where}: ${printable(path)} is not followed until you trust this folder (--trust)\n`);
  const read = files.filter(({ exists }) => exists).length;
  around.stdout.write(
    problems.length > 0 ? `${problems.length} to correct\n` : `nothing wrong in ${read === 1 ? "1 file" : `${read} files`}\n`,
  );
  return code;
}

async function printSchema(call: Call): Promise<number> {
  arity(call, 0, 0);
  call.around.stdout.write(printJsonSchema());
  return 0;
}

async function importFile(call: Call): Promise<number> {
  const { flags, around } = call;
  const [name = ""] = arity(call, 1, 1);
  const { toml, notCarried } = await importConfig(resolve(around.cwd, name), around.env);
  if (flags.write === true) {
    const { files } = await load({ ...call, flags: {} });
    const taken = files.find(({ layer, exists }) => layer === "user" && exists);
    if (taken !== undefined)
      throw new UsageError(`${taken.path} is there already`, "Leave out --write, and copy what you want from the output.");
    await updateFile(configPath(homeOf(around)), (old) => old ?? toml, systemClock);
  } else around.stdout.write(toml);
  for (const { path, origin, why } of notCarried) around.stderr.write(`not carried: ${printOrigin(origin)}: ${path}: ${why}\n`);
  return 0;
}

const load = ({ flags, around }: Call): Promise<Loaded> =>
  loadSettings({
    env: around.env,
    cwd: around.cwd,
    configFile: flags.config === undefined ? undefined : resolve(around.cwd, flags.config),
    trust: flags.trust,
    warn: (message) => tell({ message }, around),
  });

function homeOf(around: Surroundings): string {
  const home = homeOrNone(around.env);
  if (home === undefined) throw new UsageError("this user has no home folder to keep settings in", "Set FACTORY_HOME to a folder.");
  return home;
}

function arity({ rest }: Call, least: number, most: number): readonly string[] {
  if (rest.length >= least && rest.length <= most) return rest;
  throw new UsageError(`config was given ${rest.length < least ? "too few" : "too many"} words`, `It takes ${config.positionals}.`);
}

function printJson({ stdout }: Surroundings, value: unknown): 0 {
  stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return 0;
}

const printValue = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
