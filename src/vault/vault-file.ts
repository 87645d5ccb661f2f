import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { asObject, asString, parseJson, type JsonObject } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import { KEY_PLACES } from "#vault/key-places.ts";
import type { VaultHeader } from "#vault/vault-key.ts";

/**
 * A vault's file, in lines of text: `factory-vault 1 <sum> <header>`, then `<sum> <entry>` for each entry, then `end <number of entries>`.
 * Header and entries are JSON. A sum is the first 16 hex digits of the line's SHA-256: what was damaged shows without any key, and one
 * damaged line takes no other with it. Against changes on purpose stands the seal: it covers all that is readable of its entry.
 */
export type VaultContent = {
  readonly header: VaultHeader;
  readonly entries: readonly StoredEntry[];
  /** What is damaged, in words that name the entry; empty where all is well. */
  readonly problems: readonly string[];
};

/** What can be read of an entry without the vault's key. */
export type VaultEntry = {
  readonly id: string;
  /** The slug of a provider or the label of an endpoint. */
  readonly provider: string;
  /** Unlike any other of this provider. */
  readonly label: string;
  readonly kind: "key" | "login";
  /** ISO 8601. */
  readonly createdAt: string;
  /** The secret's last four characters; empty where that would give away too much of it. */
  readonly last4: string;
  /** More about it that is not secret: when a login expires, whose it is. */
  readonly extras: JsonObject;
};

/** `nonce` (12 bytes) and `box` (the encrypted secret and its 16 bytes tag) in base64. */
export type StoredEntry = VaultEntry & { readonly nonce: string; readonly box: string };

const VERSION = "1";

/** Reads the bytes of a vault. Throws `UsageError` for another version, or where the header is damaged and nothing can be opened. */
export function parseVault(bytes: Buffer, path: string): VaultContent {
  // Byte for byte: damaged UTF-8 must not be repaired before its sum is taken.
  const [first = "", ...rest] = bytes.toString("latin1").split("\n");
  const [, version, headerText] = /^factory-vault (\w+) (.*)$/s.exec(first) ?? [];
  if (headerText === undefined) throw damaged(path, "its first line is not that of a vault");
  const header = version === VERSION ? toHeader(summed(headerText)) : undefined;
  if (version !== VERSION && summed(headerText) !== undefined) {
    throw new UsageError(
      `${path} has version ${version}, and this factory knows version ${VERSION}`,
      "Use the factory that wrote it, or a newer one.",
    );
  }
  if (header === undefined) throw damaged(path, "its first line is damaged");
  const end = rest.findIndex((line) => /^end \d+$/.test(line));
  const lines = (end === -1 ? rest : rest.slice(0, end)).filter((line) => line !== "");
  const read = lines.map((line, at) => toEntry(summed(line)) ?? `entry ${at + 1}${nameIn(line)} is damaged`);
  const whole = end !== -1 && rest[end] === `end ${lines.length}` && rest.slice(end + 1).join() === "";
  return {
    header,
    entries: read.filter((each) => typeof each !== "string"),
    problems: [...read.filter((each) => typeof each === "string"), ...(whole ? [] : ["its end is missing or damaged"])],
  };
}

export function printVault(header: VaultHeader, entries: readonly StoredEntry[]): string {
  const lines = entries.map((entry) => withSum(JSON.stringify(entry)));
  return [`factory-vault ${VERSION} ${withSum(JSON.stringify(header))}`, ...lines, `end ${entries.length}`, ""].join("\n");
}

/** What is needed to seal an entry or to open it. */
export type Seal = { readonly header: VaultHeader; readonly key: Buffer };

/** Encrypts the secret with AES-256-GCM and a nonce of its own, bound to this vault and to the rest of its entry. */
export function sealEntry(entry: VaultEntry, secret: string, { header, key }: Seal): StoredEntry {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(boundTo(header, entry));
  const box = Buffer.concat([cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { ...entry, nonce: nonce.toString("base64"), box: box.toString("base64") };
}

/** The secret. Throws `UsageError` naming the entry where anything of it was changed. */
export function openEntry(entry: StoredEntry, { header, key }: Seal): string {
  const nonce = Buffer.from(entry.nonce, "base64");
  const box = Buffer.from(entry.box, "base64");
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(header, entry)).setAuthTag(box.subarray(-TAG_BYTES));
    return decipher.update(box.subarray(0, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
  } catch {
    const { provider, label } = entry;
    throw new UsageError(
      `the entry ${label} of ${provider} in the vault of keys was changed or damaged`,
      "Remove it with `factory keys remove` and add the key again.",
    );
  }
}

const TAG_BYTES = 16;

/** The same fields in the same order, whatever the order in the file. */
function boundTo({ id: vault, salt }: VaultHeader, { id, provider, label, kind, createdAt, last4, extras }: VaultEntry): Buffer {
  return Buffer.from(JSON.stringify(["factory-vault", VERSION, vault, salt, id, provider, label, kind, createdAt, last4, extras]));
}

const damaged = (path: string, why: string): UsageError =>
  new UsageError(`${path} cannot be read: ${why}`, "It is left as it is. Restore it from a backup, or move it away to begin a new one.");

const withSum = (json: string): string => `${sumOf(Buffer.from(json))} ${json}`;

const sumOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

/** The JSON behind its sum, `undefined` where they do not fit. */
function summed(line: string): unknown {
  const bytes = Buffer.from(line.slice(17), "latin1");
  return line.slice(0, 17) === `${sumOf(bytes)} ` ? parseJson(bytes.toString("utf8")) : undefined;
}

function toHeader(value: unknown): VaultHeader | undefined {
  const fields = asObject(value);
  const [id, salt, check] = [asString(fields?.["id"]), asString(fields?.["salt"]), asString(fields?.["check"])];
  const place = (["environment", ...Object.keys(KEY_PLACES)] as const).find((name) => name === fields?.["place"]);
  if (id === undefined || salt === undefined || check === undefined || place === undefined) return undefined;
  // One of the names that were just compared.
  return { id, salt, check, place: place as VaultHeader["place"] };
}

function toEntry(value: unknown): StoredEntry | undefined {
  const fields = asObject(value);
  if (fields === undefined || TEXTS.some((name) => asString(fields[name]) === undefined)) return undefined;
  if (asObject(fields["extras"]) === undefined || (fields["kind"] !== "key" && fields["kind"] !== "login")) return undefined;
  // Every field was checked.
  return fields as StoredEntry;
}

const TEXTS = ["id", "provider", "label", "createdAt", "last4", "nonce", "box"] as const;

/** Whose entry a damaged line is, as far as that can still be read. */
function nameIn(line: string): string {
  const read = (name: string): string => new RegExp(`"${name}":"([\\w .-]{1,40})"`).exec(line)?.[1] ?? "?";
  return line.includes('"provider":"') ? ` (${read("label")} of ${read("provider")})` : "";
}
