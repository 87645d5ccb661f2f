import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "#base/clock.ts";
import { withFileLock } from "#base/file-lock.ts";
import { writeAtomic } from "#base/write-atomic.ts";
import type { Credentials, CredentialStore, Lock } from "#providers/login/login.ts";

/** Logins as plain files, and a lock: for tests alone. */
export function openTestingStore(folder: string): { readonly store: CredentialStore; readonly lock: Lock } {
  const path = (provider: string) => join(folder, `${provider}.json`);
  return {
    store: {
      // What a test wrote itself.
      get: async (provider) => JSON.parse(await readFile(path(provider), "utf8").catch(() => "null")) as Credentials | null,
      put: (provider, credentials) => writeAtomic(path(provider), JSON.stringify(credentials), 0o600),
      remove: (provider) => rm(path(provider), { force: true }),
    },
    lock: (provider, signal, action) => withFileLock(path(provider), { signal, limitMs: 30_000, clock: systemClock }, action),
  };
}
