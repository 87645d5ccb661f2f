import { systemClock } from "#base/clock.ts";
import { openVault, type Vault, type VaultOptions } from "#vault/vault.ts";

/** A vault as tests open it, with its warnings: on Linux without a keyring, whatever the machine has. */
export function testingVault(
  folder: string,
  options: Partial<VaultOptions> = {},
): { readonly vault: Vault; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const vault = openVault({
    folder,
    env: {},
    platform: "linux",
    clock: systemClock,
    signal: new AbortController().signal,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { vault, warnings };
}
