import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import type { Env, KeptKey } from "#providers/keys.ts";
import type { Credentials } from "#providers/login/login.ts";
import { vaultFolder } from "#app/home.ts";
import type { VaultAround } from "#app/open-vault.ts";

type Around = { readonly env: Env; readonly signal: AbortSignal; readonly warn?: ((message: string) => void) | undefined };

/**
 * The provider's keys in the user's vault, best first, and after them its login, renewed where it is about to end. Nothing is loaded where
 * there is no vault. Throws `UsageError` where it cannot be opened, `ModelError` where a login has ended.
 */
export async function keptInVault(provider: string, { env, signal, warn = () => undefined }: Around): Promise<readonly KeptKey[]> {
  if (!hasVault(env)) return [];
  const { openUserVault } = await import("#app/open-vault.ts");
  const { bestFirst } = await import("#app/key-use.ts");
  const { vault, state } = openUserVault({ env, signal, warn });
  const entries = await vault.keysOf(provider);
  const keys = await bestFirst(
    entries.filter(({ kind }) => kind === "key"),
    state,
  );
  const kept = keys.map(({ label, secret }): KeptKey => ({ source: "vault", name: label || "unnamed", read: () => secret }));
  if (keys.length === entries.length) return kept;
  const login = await freshLogin(provider, { env, signal, warn });
  return login === null ? kept : [...kept, toKeptKey(login)];
}

/** The slugs of the providers that have something in the vault. */
export async function providersInVault({ env, signal, warn = () => undefined }: Around): Promise<ReadonlySet<string>> {
  if (!hasVault(env)) return new Set();
  const { openUserVault } = await import("#app/open-vault.ts");
  return new Set((await openUserVault({ env, signal, warn }).vault.list()).map(({ provider }) => provider));
}

const toKeptKey = ({ access, account, baseUrl, headers }: Credentials): KeptKey => ({
  source: "login",
  name: account ?? "login",
  ...(baseUrl === undefined ? {} : { baseUrl }),
  ...(headers === undefined ? {} : { headers }),
  read: () => access,
});

async function freshLogin(provider: string, around: VaultAround): Promise<Credentials | null> {
  const { openLogins } = await import("#app/open-logins.ts");
  const { findLogin } = await import("#providers/login/flows.ts");
  const { openFlow } = await import("#providers/login/open-flow.ts");
  const { freshCredentials } = await import("#providers/login/refresh.ts");
  const { store, lock } = openLogins(around);
  const { slug, name, way } = findLogin(provider);
  // What is kept by a cloud's own tools, or no longer offered, is not renewed here.
  if (way.kind === "cloud" || way.kind === "closed") return store.get(slug);
  const installId = (await store.get(slug))?.extras["installId"] ?? "";
  const flow = openFlow({ provider: slug, name, env: around.env }, way, { env: around.env, clock: systemClock, installId });
  return freshCredentials({ provider: slug, flow, store, lock, clock: systemClock, signal: around.signal });
}

function hasVault(env: Env): boolean {
  try {
    return existsSync(join(vaultFolder(env), "keys.vault"));
  } catch {
    return false;
  }
}
