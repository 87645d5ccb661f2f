import { UsageError } from "#base/usage-error.ts";
import { findKey, type Env } from "#providers/keys.ts";
import { resolve, type Target } from "#providers/resolve.ts";
import type { Provider } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";

/** A provider whose key a variable holds. `target`: as it would be asked; the reason where it cannot be. */
export type Keyed = {
  readonly provider: Provider;
  readonly variable: string;
  /** The key's last four characters; empty for a short key. */
  readonly last4: string;
  readonly target: Target | UsageError;
};

/** Every provider that the environment holds a key for. A variable that several providers read counts for the one that names it earliest. */
export function keyedTargets(env: Env): readonly Keyed[] {
  const found = new Map<string, Keyed & { readonly rank: number }>();
  for (const provider of allProviders()) {
    const { auth, kind } = provider.row;
    const { key } = findKey(auth, { env });
    if (key === null || auth.scheme === "none" || kind === "local") continue;
    const rank = auth.env.indexOf(key.name);
    const other = found.get(key.name);
    if (other !== undefined && other.rank <= rank) continue;
    found.set(key.name, { provider, variable: key.name, last4: key.last4, rank, target: targetOf(provider, env) });
  }
  return [...found.values()];
}

/** The provider as it would be asked for its list of models. */
export function targetOf({ slug, row }: Provider, env: Env): Target | UsageError {
  try {
    return resolve({ provider: slug, model: row.defaultModel ?? "-", env });
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
}
