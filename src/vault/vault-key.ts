import { hkdfSync, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { UsageError } from "#base/usage-error.ts";
import { KEY_PLACES, type KeyPlaceName, type PlaceAround } from "#vault/key-places.ts";

/**
 * The readable beginning of a vault. `id` and `salt`: hexadecimal. `check` tells whether a key is the right one, and nothing else about it.
 */
export type VaultHeader = {
  readonly id: string;
  readonly salt: string;
  readonly place: KeyPlaceName | "environment";
  readonly check: string;
};

/** The variable that holds the vault's key: 32 bytes as hex or base64, or any passphrase. */
const VAULT_KEY_VARIABLE = "FACTORY_VAULT_KEY";

/**
 * The header of a new vault and the key that seals its entries: from the variable, else a new one, kept in the first place that takes it.
 * Throws `UsageError` or the system's error where even the key file cannot be written.
 */
export async function makeVaultKey(around: PlaceAround): Promise<{ readonly header: VaultHeader; readonly key: Buffer }> {
  const id = randomBytes(16).toString("hex");
  const salt = randomBytes(16).toString("hex");
  const given = givenKey(around);
  if (given !== undefined) return made({ id, salt, place: "environment" }, await toMaster(given, salt));
  for (const place of placeNames()) {
    const master = await keepIn(place, id, around);
    if (master !== undefined) return made({ id, salt, place }, master);
  }
  throw new UsageError(
    `the vault's key cannot be kept in ${around.folder}: the file vault.key there holds no key`,
    `Restore the file or move it away, or set ${VAULT_KEY_VARIABLE}.`,
  );
}

/** The key that opens a vault with this header. Throws `UsageError` saying where it was looked for. */
export async function findVaultKey(header: VaultHeader, around: PlaceAround): Promise<Buffer> {
  const given = givenKey(around);
  if (given !== undefined) {
    const key = sealKey(await toMaster(given, header.salt), header);
    if (fits(key, header)) return key;
    if (header.place === "environment")
      throw noKey(`${VAULT_KEY_VARIABLE} is not the key that it was made with`, "Set it to the right key.");
  }
  if (header.place === "environment") {
    throw noKey(
      `its key comes from ${VAULT_KEY_VARIABLE}, which is not set`,
      `Set ${VAULT_KEY_VARIABLE} to the key that it was made with.`,
    );
  }
  const place = KEY_PLACES[header.place];
  const text = await place.read(header.id, around);
  around.signal.throwIfAborted();
  if (text === undefined) {
    throw noKey(`its key is in ${place.title}, which does not give it`, `Unlock or restore it, or set ${VAULT_KEY_VARIABLE}.`);
  }
  const key = HEX_KEY.test(text) ? sealKey(Buffer.from(text, "hex"), header) : undefined;
  if (key !== undefined && fits(key, header)) return key;
  throw noKey(`the key in ${place.title} is another one or damaged`, `Restore it, or set ${VAULT_KEY_VARIABLE} to the right one.`);
}

const placeNames = (): readonly KeyPlaceName[] =>
  // The names are the table's own.
  Object.keys(KEY_PLACES) as KeyPlaceName[];

const noKey = (why: string, advice: string): UsageError => new UsageError(`the vault of keys cannot be opened: ${why}`, advice);

function givenKey({ env }: PlaceAround): string | undefined {
  const text = env[VAULT_KEY_VARIABLE]?.trim() ?? "";
  return text === "" ? undefined : text;
}

/** A key that is there already is used again; a new one counts only when it can be read back. */
async function keepIn(name: KeyPlaceName, id: string, around: PlaceAround): Promise<Buffer | undefined> {
  const place = KEY_PLACES[name];
  if (!(await place.available(around))) return undefined;
  if ((await place.read(id, around)) === undefined) await place.write(id, randomBytes(KEY_BYTES).toString("hex"), around);
  const text = await place.read(id, around);
  around.signal.throwIfAborted();
  return text !== undefined && HEX_KEY.test(text) ? Buffer.from(text, "hex") : undefined;
}

function made(header: Omit<VaultHeader, "check">, master: Buffer) {
  const whole = { ...header, check: "" };
  const key = sealKey(master, whole);
  return { header: { ...whole, check: checkOf(key, whole) }, key };
}

const KEY_BYTES = 32;
const HEX_KEY = /^[0-9a-f]{64}$/i;
/** 32 bytes have 43 digits of base64 and one `=`, which some writers leave out. */
const BASE64_KEY = /^[\w+/-]{43}=?$/;

async function toMaster(text: string, salt: string): Promise<Buffer> {
  if (HEX_KEY.test(text)) return Buffer.from(text, "hex");
  if (BASE64_KEY.test(text)) return Buffer.from(text, "base64");
  return stretch(text, Buffer.from(salt, "hex"));
}

/** scrypt with 32 MiB and three rounds, as OWASP advises for passphrases: about a quarter of a second. */
const stretch = (text: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    scrypt(text.normalize("NFC"), salt, KEY_BYTES, { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });

/** Vaults that share a key file or a variable still have keys of their own. */
const sealKey = (master: Buffer, header: VaultHeader): Buffer => derived(master, header, "seal");

const checkOf = (key: Buffer, header: VaultHeader): string => derived(key, header, "check").toString("hex");

const derived = (key: Buffer, { id, salt }: VaultHeader, purpose: string): Buffer =>
  Buffer.from(hkdfSync("sha256", key, Buffer.from(salt, "hex"), `factory-vault 1 ${purpose} ${id}`, KEY_BYTES));

function fits(key: Buffer, header: VaultHeader): boolean {
  const [mine, theirs] = [Buffer.from(checkOf(key, header)), Buffer.from(header.check)];
  return mine.length === theirs.length && timingSafeEqual(mine, theirs);
}
