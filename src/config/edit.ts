import { isDeepStrictEqual } from "node:util";
import type { Clock } from "#base/clock.ts";
import type { Json } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import { normalise } from "#config/normalise.ts";
import { formatOf, parseConfig, withoutMark, type Format } from "#config/parse-file.ts";
import { printTomlValue } from "#config/print-toml.ts";
import { SCHEMA } from "#config/schema.ts";
import { findNode, printOrigin, printPath, toJson, type ConfigNode, type Step } from "#config/tree.ts";
import { updateFile } from "#config/update-file.ts";

/** A key to set. `path` is in the schema's names. */
export type Setting = { readonly path: readonly Step[]; readonly value: Json };

/**
 * Sets one key in a file and leaves every other byte as it is: comments, order, spelling, line ends. The file is made where there is none
 * (0600, its folder 0700). Processes that write at once wait for each other. Throws `UsageError` where the file is wrong, cannot be written,
 * or where the key has no place in it.
 */
export const setInFile = (file: string, setting: Setting, clock: Clock): Promise<void> =>
  updateFile(file, (text) => setInText({ file, text: text ?? "" }, setting), clock);

/** As `setInFile`, for a text. What comes out is read again before it is given away. */
export async function setInText({ file, text }: { readonly file: string; readonly text: string }, setting: Setting): Promise<string> {
  const mark = text.slice(0, text.length - withoutMark(text).length);
  const body = withoutMark(text);
  const before = await read(file, body);
  const edited = await edit({ file, body, format: formatOf(file), before }, setting);
  const after = await read(file, edited).catch(() => undefined);
  if (after === undefined || !isDeepStrictEqual(toJson(after), withValue(toJson(before), setting))) throw noPlace(file, setting.path);
  return mark + edited;
}

async function read(file: string, text: string): Promise<ConfigNode> {
  const { root, problems } = await parseConfig({ file, layer: "user", text });
  const { node, problems: doubled } = root === undefined ? { node: undefined, problems: [] } : normalise(root, SCHEMA);
  const [problem] = [...problems, ...doubled];
  if (node !== undefined && problem === undefined) return node;
  const where = problem === undefined ? file : printOrigin(problem.origin);
  throw new UsageError(
    `${where}: ${problem?.path ?? ""} ${problem?.message ?? "cannot be read"}`.replace(":  ", ": "),
    "Correct the file first; nothing was written.",
  );
}

type Draft = { readonly file: string; readonly body: string; readonly format: Format; readonly before: ConfigNode };

async function edit({ file, body, format, before }: Draft, { path, value }: Setting): Promise<string> {
  const { node, rest } = findNode(before, path);
  const print = format === "toml" ? printTomlValue : (each: Json) => JSON.stringify(each);
  if (rest.length === 0) {
    if (node.range === undefined) throw noPlace(file, path);
    const [from, to] = node.range;
    return body.slice(0, from) + print(value) + body.slice(to);
  }
  if (node.kind === "scalar") throw noPlace(file, path);
  const place = { body, path: [...node.written, ...rest], value, parent: node };
  const edited =
    format === "jsonc"
      ? (await import("#config/edit-jsonc.ts")).insertIntoJsonc(place)
      : (await import("#config/edit-toml.ts")).insertIntoToml(place);
  if (edited === undefined) throw noPlace(file, path);
  return edited;
}

const noPlace = (file: string, path: readonly Step[]): UsageError =>
  new UsageError(`${printPath(path)} cannot be set in ${file} as it is written there`, "Change it with an editor; nothing was written.");

/** What the file must say afterwards. */
function withValue(json: Json | undefined, { path, value }: Setting): Json {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(json))
    return [...json.slice(0, Number(step)), withValue(json[Number(step)], { path: rest, value }), ...json.slice(Number(step) + 1)];
  if (typeof step === "number" && json === undefined) return [withValue(undefined, { path: rest, value })];
  // Neither a list nor, as `edit` has seen, a scalar.
  const table = (json ?? {}) as Record<string, Json>;
  const own = Object.hasOwn(table, step) ? table[step] : undefined;
  return { ...table, [step]: withValue(own, { path: rest, value }) };
}
