import type { Clock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import { again } from "#providers/login/authority.ts";
import type { Credentials, CredentialStore, Lock, LoginFlow } from "#providers/login/login.ts";

export type Freshening = {
  /** The slug under which the login is kept. */
  readonly provider: string;
  readonly flow: Pick<LoginFlow, "refresh">;
  readonly store: CredentialStore;
  readonly lock: Lock;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

/**
 * The stored login, renewed where it ends within a minute; `null` where there is none. One process renews, the others wait for it and take
 * what it stored. What is new is stored before anyone uses it. A failed renewal leaves everything as it was, and the old login is given as long
 * as it lives; after that the failure is thrown, as `ModelError`.
 */
export async function freshCredentials(freshening: Freshening): Promise<Credentials | null> {
  const { provider, flow, store, clock, signal } = freshening;
  const stored = await store.get(provider);
  if (stored === null || !endsWithin(stored, EARLY_MS, clock.now())) return stored;
  try {
    if (flow.refresh === undefined || stored.refresh === undefined) throw ended(provider);
    return await renew(freshening);
  } catch (error) {
    signal.throwIfAborted();
    if (!endsWithin(stored, 0, clock.now())) return stored;
    throw error;
  }
}

/** With the lock held: another process may have renewed it or logged out meanwhile. */
function renew({ provider, flow, store, lock, clock, signal }: Freshening): Promise<Credentials | null> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(RENEW_MS)]);
  return lock(provider, limited, async () => {
    const stored = await store.get(provider);
    if (stored === null || !endsWithin(stored, EARLY_MS, clock.now())) return stored;
    const { expiresAt: _, ...lasting } = stored;
    const fresh = await flow.refresh?.(stored, limited);
    if (fresh === undefined) throw ended(provider);
    const renewed = { ...lasting, ...fresh };
    await store.put(provider, renewed);
    return renewed;
  });
}

export const endsWithin = ({ expiresAt }: Credentials, aheadMs: number, now: number): boolean =>
  expiresAt !== undefined && expiresAt - aheadMs <= now;

const ended = (provider: string): ModelError =>
  new ModelError("auth", `the login of ${provider} has ended and cannot be renewed`, { provider, advice: again(provider) });

/** How long before its end a login is renewed. */
const EARLY_MS = 60_000;
/** Most for the lock and the renewal together. */
const RENEW_MS = 60_000;
