import { systemClock } from "#base/clock.ts";
import { openKeyState, type KeyState } from "#vault/key-state.ts";
import { openVault, type Vault } from "#vault/vault.ts";
import { vaultFolder, type Env } from "#app/home.ts";

export type VaultAround = { readonly env: Env; readonly signal: AbortSignal; readonly warn: (message: string) => void };

/** The user's vault of keys and how its keys fare. Nothing is read yet. Throws `UsageError` for a user without a home. */
export function openUserVault({ env, signal, warn }: VaultAround): { readonly vault: Vault; readonly state: KeyState } {
  const common = { folder: vaultFolder(env), platform: process.platform, clock: systemClock, warn };
  return { vault: openVault({ ...common, env, signal }), state: openKeyState(common) };
}
