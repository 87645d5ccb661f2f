import type { Quirks } from "#wires/quirks.ts";
import type { WireName } from "#wires/wire.ts";

/** How a provider is shown a key. `env`: the variables that may hold it, in the order in which they are tried. */
export type Auth =
  | { readonly scheme: "bearer"; readonly env: readonly string[]; readonly optional?: true }
  | { readonly scheme: "header"; readonly header: string; readonly env: readonly string[]; readonly bearerEnv?: readonly string[] }
  | { readonly scheme: "none" };

/** `hosted` serves models of its own, `gateway` those of many (a slash belongs to its model ids), `local` runs on the user's machine. */
export type ProviderKind = "hosted" | "gateway" | "local";

/** Everything that is particular to one provider. A slug is the row's key. */
export type ProviderRow = {
  /** As people write it. */
  readonly name: string;
  readonly aliases: readonly string[];
  readonly wire: WireName;
  readonly baseUrl: string;
  /** Variables that, when set, replace `baseUrl`. */
  readonly baseUrlEnv?: readonly string[];
  readonly auth: Auth;
  readonly kind: ProviderKind;
  /** `certified`: tested by us against the provider itself. `community`: works by its documentation. */
  readonly tier: "certified" | "community";
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly quirks?: Quirks;
  /** Where a person gets a key. */
  readonly keyUrl?: string;
  /** `local` rows: how to start the server. */
  readonly startHint?: string;
  /** Facts of this row that no source confirmed. */
  readonly unverified?: readonly string[];
};
