import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { withFileLock } from "#base/file-lock.ts";
import { asNumber, asObject, asString, isObject, parseJson } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import type { Credentials, CredentialStore, Lock } from "#providers/login/login.ts";
import type { Vault, VaultKey } from "#vault/vault.ts";
import { vaultFolder } from "#app/home.ts";
import { openUserVault, type VaultAround } from "#app/open-vault.ts";

/** Where the user's logins are kept. `place`: as people are told. */
export type Logins = { readonly store: CredentialStore; readonly lock: Lock; readonly place: string };

/** The logins in the user's vault. Nothing is read yet. Throws `UsageError` for a user without a home. */
export function openLogins(around: VaultAround): Logins {
  const folder = vaultFolder(around.env);
  return { store: storeIn(openUserVault(around).vault), lock: lockIn(folder), place: folder };
}

/** A login that is no more than a key is kept as a key; all others as one secret in JSON. */
const LABELS = { login: "login", key: "pasted" } as const;

function storeIn(vault: Vault): CredentialStore {
  const find = async (provider: string) =>
    (await vault.list()).filter((entry) => entry.provider === provider && entry.label === LABELS[entry.kind]);
  return {
    async get(provider) {
      const [entry] = await find(provider);
      return entry === undefined ? null : toCredentials(await vault.get(entry.id));
    },
    async put(provider, credentials) {
      const kind = isPlainKey(credentials) ? "key" : "login";
      const secret = kind === "key" ? credentials.access : JSON.stringify(credentials);
      const extras = credentials.account === undefined ? {} : { account: credentials.account };
      const old = await find(provider);
      const same = old.find((entry) => entry.kind === kind);
      if (same === undefined) await vault.add({ provider, label: LABELS[kind], kind, secret, extras });
      else await vault.update(same.id, { secret, extras });
      for (const entry of old) if (entry !== same) await vault.remove(entry.id);
    },
    async remove(provider) {
      for (const { id } of await find(provider)) await vault.remove(id);
    },
  };
}

const isPlainKey = ({ refresh, expiresAt, baseUrl, headers, extras }: Credentials): boolean =>
  [refresh, expiresAt, baseUrl, headers].every((each) => each === undefined) && Object.keys(extras).length === 0;

function toCredentials({ kind, secret, extras, provider }: VaultKey): Credentials {
  const account = asString(extras["account"]);
  if (kind === "key") return { access: secret, ...(account === undefined ? {} : { account }), extras: {} };
  const kept = parseJson(secret);
  const access = isObject(kept) ? asString(kept["access"]) : undefined;
  if (!isObject(kept) || access === undefined) {
    throw new UsageError(`the login of ${provider} in the vault is damaged`, `Log in again with \`factory login ${provider}\`.`);
  }
  const [refresh, expiresAt, baseUrl] = [asString(kept["refresh"]), asNumber(kept["expiresAt"]), asString(kept["baseUrl"])];
  return {
    access,
    ...(refresh === undefined ? {} : { refresh }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(kept["headers"] === undefined ? {} : { headers: textsOf(kept["headers"]) }),
    ...(account === undefined ? {} : { account }),
    extras: textsOf(kept["extras"]),
  };
}

const textsOf = (value: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(asObject(value) ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === "string"));

/** Longest wait for another process that renews the same login, in ms. */
const LOCK_MS = 60_000;

/** Not the vault's own lock: that one is taken and given back within. */
const lockIn =
  (folder: string): Lock =>
  async (provider, signal, action) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return withFileLock(join(folder, `login-${provider}`), { signal, limitMs: LOCK_MS, clock: systemClock }, action);
  };
