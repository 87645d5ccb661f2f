import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { asArray, asNumber, asString, isObject, parseJson } from "#base/json.ts";
import type { Listing } from "#providers/discover.ts";
import type { DroppedModel, ListedModel, ToldFacts } from "#providers/listed-model.ts";

/** Where a list is kept: `key` tells it from the lists of others, `folder` is made when it is first written. */
export type CachePlace = { readonly folder: string; readonly key: string };

/** `at`: when the provider gave it, in ms since 1970. */
export type Cached = { readonly at: number; readonly listing: Listing };

/** The list as it was last written; `undefined` where there is none or it cannot be read. Never throws. */
export async function readListing(place: CachePlace): Promise<Cached | undefined> {
  const text = await readFile(fileOf(place), "utf8").catch(() => "");
  const kept = text.length > FILE_LIMIT ? undefined : parseJson(text);
  if (!isObject(kept) || kept["version"] !== VERSION) return undefined;
  const at = asNumber(kept["at"]);
  const models = asArray(kept["models"])?.map(toModel);
  const dropped = asArray(kept["dropped"])?.map(toDropped);
  if (at === undefined || models === undefined || dropped === undefined) return undefined;
  if (!models.every((each) => each !== undefined) || !dropped.every((each) => each !== undefined)) return undefined;
  return { at, listing: { models, dropped, cut: asString(kept["cut"]) ?? null } };
}

/** Keeps the list: as a whole or not at all, for the user alone. Throws where the folder cannot be written. */
export async function writeListing(place: CachePlace, { at, listing }: Cached): Promise<void> {
  await mkdir(place.folder, { recursive: true, mode: 0o700 });
  const file = fileOf(place);
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    try {
      await handle.writeFile(`${JSON.stringify({ version: VERSION, at, ...listing })}\n`);
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/** Changes with the file's shape: files of another shape are left aside. */
const VERSION = 1;

/** Most of a file that is read, in characters. */
const FILE_LIMIT = 16 * 1024 * 1024;

const fileOf = ({ folder, key }: CachePlace): string =>
  join(folder, `${key.replaceAll(/[^a-z0-9-]/gi, "_").slice(0, 40)}-${createHash("sha256").update(key).digest("hex").slice(0, 12)}.json`);

function toModel(value: unknown): ListedModel | undefined {
  const id = isObject(value) ? asString(value["id"]) : undefined;
  if (!isObject(value) || id === undefined || !isObject(value["facts"])) return undefined;
  return { id, facts: toFacts(value["facts"]), ...(value["free"] === true ? { free: true as const } : {}) };
}

function toFacts({ contextTokens, maxOutputTokens, tools, vision, reasoning, billions }: Record<string, unknown>): ToldFacts {
  return {
    ...(typeof contextTokens === "number" ? { contextTokens } : {}),
    ...(typeof maxOutputTokens === "number" ? { maxOutputTokens } : {}),
    ...(tools === "native" || tools === "basic" || tools === "none" ? { tools } : {}),
    ...(typeof vision === "boolean" ? { vision } : {}),
    ...(typeof reasoning === "boolean" ? { reasoning } : {}),
    ...(typeof billions === "number" ? { billions } : {}),
  };
}

function toDropped(value: unknown): DroppedModel | undefined {
  const id = isObject(value) ? asString(value["id"]) : undefined;
  const why = isObject(value) ? asString(value["why"]) : undefined;
  return id === undefined || why === undefined ? undefined : { id, why };
}
