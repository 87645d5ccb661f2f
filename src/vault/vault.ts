import { createHash, randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { chmod, copyFile, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { withFileLock } from "#base/file-lock.ts";
import type { JsonObject } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import { removeLeftovers, writeAtomic } from "#base/write-atomic.ts";
import type { PlaceAround } from "#vault/key-places.ts";
import { ensurePrivateFolder, repairMode } from "#vault/private-files.ts";
import { findVaultKey, makeVaultKey, type VaultHeader } from "#vault/vault-key.ts";
import { openEntry, parseVault, printVault, sealEntry } from "#vault/vault-file.ts";
import type { Seal, StoredEntry, VaultContent, VaultEntry } from "#vault/vault-file.ts";

/** `warn` is told of repaired permissions and of damaged entries, without a secret. */
export type VaultOptions = PlaceAround & { readonly clock: Clock };

type NewEntry = {
  readonly provider: string;
  /** Default: the first free of `default`, `key 2`, `key 3`, … */
  readonly label?: string | undefined;
  /** Default: `key`. */
  readonly kind?: VaultEntry["kind"];
  readonly secret: string;
  readonly extras?: JsonObject;
};

type EntryChange = { readonly label?: string; readonly secret?: string; readonly extras?: JsonObject };

/** An opened entry: never to be printed. */
export type VaultKey = VaultEntry & { readonly secret: string };

/**
 * Keys and logins, encrypted at rest. Every call reads the file anew, so that what other processes did is seen. All of it throws
 * `UsageError`: an unreadable file, a missing vault key, a name that is not there, a folder that cannot be written.
 */
export interface Vault {
  /** All entries, without their secrets and without the vault's key; those of one provider in the order in which they are tried. */
  list(): Promise<readonly VaultEntry[]>;
  get(id: string): Promise<VaultKey>;
  /** The opened entries of one provider in order. One that cannot be opened is left out, and `warn` is told. */
  keysOf(provider: string): Promise<readonly VaultKey[]>;
  /** On the disk when it returns, last in its provider's order. */
  add(entry: NewEntry): Promise<VaultEntry>;
  update(id: string, change: EntryChange): Promise<VaultEntry>;
  /** Needs no key. */
  remove(id: string): Promise<void>;
  /** Puts it at this place among its provider's entries: 1 is first; a number beyond them means last. Needs no key. */
  move(id: string, place: number): Promise<void>;
}

/** The vault in `folder`, which is made when something is first written. Nothing is read yet. */
export function openVault(options: VaultOptions): Vault {
  const told = new Set<string>();
  const warnOnce = (message: string) => {
    if (!told.has(message)) options.warn(message);
    told.add(message);
  };
  const house: House = { path: join(options.folder, "keys.vault"), options: { ...options, warn: warnOnce }, seals: new Map() };
  return {
    list: async () => ((await read(house))?.entries ?? []).map(shown),
    get: async (id) => {
      const content = await read(house);
      const entry = found(content?.entries ?? [], id);
      return opened(entry, await sealOf(house, content?.header));
    },
    keysOf: (provider) => keysOf(house, provider),
    add: (entry) => change(house, (content) => added(house, content, entry)),
    update: (id, wanted) => change(house, (content) => updated(house, content, { id, wanted })),
    remove: (id) =>
      change(house, async ({ header, entries }) => {
        const gone = found(entries, id);
        return { header, entries: entries.filter((entry) => entry !== gone), result: undefined };
      }),
    move: (id, place) =>
      change(house, async ({ header, entries }) => ({ header, entries: moved(entries, found(entries, id), place), result: undefined })),
  };
}

/** `seals`: the keys that were found so far, by the vault's id; finding one may take a passphrase's stretching or a program. */
type House = { readonly path: string; readonly options: VaultOptions; readonly seals: Map<string, Seal> };

/** Longest wait for another process, in ms: twenty writers at once stay far below it. */
const LOCK_MS = 20_000;
const LIMIT_BYTES = 8 * 1024 * 1024;
const LIMIT_ENTRIES = 1000;
const LIMIT_SECRET = 64 * 1024;
const LIMIT_NAME = 80;
/** Of a secret shorter than this, in characters, nothing is shown. */
const SHORT_SECRET = 12;

/** The file's content; `undefined` where there is no file. */
async function read(house: House): Promise<(VaultContent & { readonly bytes: Buffer }) | undefined> {
  const { path, options } = house;
  const bytes = await readBytes(path);
  if (bytes === undefined) return undefined;
  await repairMode(options.folder, 0o700, options);
  await repairMode(path, 0o600, options);
  const content = parseVault(bytes, path);
  for (const problem of content.problems) options.warn(`the vault of keys ${path}: ${problem}; its other entries are not touched by that`);
  return { ...content, bytes };
}

async function readBytes(path: string): Promise<Buffer | undefined> {
  try {
    const { size } = await stat(path);
    if (size > LIMIT_BYTES) throw new Error(`it is larger than ${LIMIT_BYTES / 1024 / 1024} MiB`);
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw new UsageError(`the vault of keys ${path} cannot be read: ${reasonOf(error)}`, "Check who owns it and its permissions.");
  }
}

type Draft = { readonly header: VaultHeader | undefined; readonly entries: readonly StoredEntry[] };
type Changed<Result> = Draft & { readonly result: Result };

/**
 * One change at a time, also between processes. Where it fails the file stays as it is; a damaged file is copied aside before it is
 * replaced.
 */
async function change<Result>(house: House, action: (draft: Draft) => Promise<Changed<Result>>): Promise<Result> {
  const { path, options } = house;
  try {
    await ensurePrivateFolder(options.folder, options);
    return await withFileLock(path, { ...options, limitMs: LOCK_MS }, async () => {
      const old = await read(house);
      const { header, entries, result } = await action({ header: old?.header, entries: old?.entries ?? [] });
      if (header === undefined) return result;
      if (old !== undefined && old.problems.length > 0) await keepAside(house, old.bytes);
      await removeLeftovers(path);
      await writeAtomic(path, printVault(header, entries), 0o600);
      return result;
    });
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    throw new UsageError(
      `the vault of keys ${path} cannot be written: ${reasonOf(error)}`,
      "Make its folder writable, or set FACTORY_HOME to one that is.",
    );
  }
}

async function keepAside({ path, options }: House, bytes: Buffer): Promise<void> {
  const aside = `${path}.damaged-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}`;
  await copyFile(path, aside, constants.COPYFILE_EXCL).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") throw error;
  });
  await chmod(aside, 0o600);
  options.warn(`the damaged vault is kept as ${aside}; what could not be read is no longer in the new one`);
}

async function sealOf({ seals, options }: House, header: VaultHeader | undefined): Promise<Seal> {
  if (header === undefined) throw new UsageError("the vault of keys is empty", "Add a key with `factory keys add <provider>`.");
  const id = `${header.id} ${header.salt} ${header.check}`;
  const seal = seals.get(id) ?? { header, key: await findVaultKey(header, options) };
  seals.set(id, seal);
  return seal;
}

async function keysOf(house: House, provider: string): Promise<readonly VaultKey[]> {
  const content = await read(house);
  const wanted = (content?.entries ?? []).filter((entry) => entry.provider === provider);
  if (wanted.length === 0) return [];
  const seal = await sealOf(house, content?.header);
  return wanted.flatMap((entry) => {
    try {
      return [opened(entry, seal)];
    } catch (error) {
      house.options.warn(reasonOf(error));
      return [];
    }
  });
}

async function added(house: House, { header, entries }: Draft, wanted: NewEntry): Promise<Changed<VaultEntry>> {
  const { provider, secret, kind = "key", extras = {} } = wanted;
  const siblings = entries.filter((entry) => entry.provider === provider);
  const label = wanted.label ?? freeLabel(siblings);
  checkNames({ provider, label }, siblings);
  checkSecret(secret);
  if (entries.length >= LIMIT_ENTRIES) throw new UsageError(`the vault holds ${LIMIT_ENTRIES} entries already`, "Remove some first.");
  const seal = header === undefined ? await newSeal(house) : await sealOf(house, header);
  const createdAt = new Date(house.options.clock.now()).toISOString();
  const entry = { id: randomUUID(), provider, label, kind, createdAt, last4: last4Of(secret, kind), extras };
  return { header: seal.header, entries: [...entries, sealEntry(entry, secret, seal)], result: entry };
}

async function newSeal({ options, seals }: House): Promise<Seal> {
  const seal = await makeVaultKey(options);
  seals.set(`${seal.header.id} ${seal.header.salt} ${seal.header.check}`, seal);
  return seal;
}

type Update = { readonly id: string; readonly wanted: EntryChange };

async function updated(house: House, { header, entries }: Draft, { id, wanted }: Update): Promise<Changed<VaultEntry>> {
  const old = found(entries, id);
  const seal = await sealOf(house, header);
  const secret = wanted.secret ?? openEntry(old, seal);
  const label = wanted.label ?? old.label;
  checkNames(
    { provider: old.provider, label },
    entries.filter((entry) => entry !== old && entry.provider === old.provider),
  );
  checkSecret(secret);
  const entry = { ...shown(old), label, last4: last4Of(secret, old.kind), extras: wanted.extras ?? old.extras };
  const sealed = sealEntry(entry, secret, seal);
  return { header, entries: entries.map((each) => (each === old ? sealed : each)), result: entry };
}

function moved(entries: readonly StoredEntry[], entry: StoredEntry, place: number): readonly StoredEntry[] {
  const siblings = entries.filter(({ provider }) => provider === entry.provider);
  const ordered = siblings.filter((each) => each !== entry).toSpliced(Math.max(0, place - 1), 0, entry);
  // The provider's own places in the file stay its own: nobody else's order changes.
  const next = ordered.values();
  return entries.map((each) => (each.provider === entry.provider ? (next.next().value ?? each) : each));
}

function found(entries: readonly StoredEntry[], id: string): StoredEntry {
  const entry = entries.find((each) => each.id === id);
  if (entry === undefined) throw new UsageError("that entry is not in the vault of keys", "`factory keys list` shows what is.");
  return entry;
}

const opened = (entry: StoredEntry, seal: Seal): VaultKey => ({ ...shown(entry), secret: openEntry(entry, seal) });

const shown = ({ id, provider, label, kind, createdAt, last4, extras }: VaultEntry): VaultEntry => {
  return { id, provider, label, kind, createdAt, last4, extras };
};

function freeLabel(siblings: readonly VaultEntry[]): string {
  const taken = new Set(siblings.map(({ label }) => label));
  if (!taken.has("default")) return "default";
  let number = 2;
  while (taken.has(`key ${number}`)) number += 1;
  return `key ${number}`;
}

function checkNames({ provider, label }: Pick<VaultEntry, "provider" | "label">, siblings: readonly VaultEntry[]): void {
  for (const [what, name] of Object.entries({ provider, label })) {
    if (name.length > 0 && name.length <= LIMIT_NAME && name === name.trim() && !/[\p{Cc}\p{Cf}]/u.test(name)) continue;
    throw new UsageError(`that ${what} cannot be a name in the vault`, `Write 1 to ${LIMIT_NAME} characters in one line.`);
  }
  if (siblings.some((entry) => entry.label === label)) {
    throw new UsageError(`${provider} has a key labelled ${JSON.stringify(label)} already`, "Choose another with --label.");
  }
}

function checkSecret(secret: string): void {
  if (secret !== "" && secret.length <= LIMIT_SECRET) return;
  throw new UsageError(secret === "" ? "the key is empty" : "the key is longer than 64 KiB", "Copy it again from the provider's page.");
}

const last4Of = (secret: string, kind: VaultEntry["kind"]): string =>
  kind === "login" || secret.length < SHORT_SECRET ? "" : secret.slice(-4);

/** The system's word for a failure, `EACCES`. */
const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
