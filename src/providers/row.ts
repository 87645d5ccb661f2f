import type { ProviderId } from "#model/ids.ts";
import type { ModelFacts } from "#model/model.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { WireName } from "#wires/wire.ts";

/**
 * How a provider is shown a key. `env`: the variables that may hold it, in the order in which they are tried. `optional`: it also answers
 * without one. `bearer` sends `Bearer <key>` in `header` (standard: `authorization`); `header` sends the bare key, but as `Bearer` in
 * `authorization` where it comes from one of `bearerEnv`. `none`: no key is looked for; one given by hand is sent as `Bearer`.
 */
export type Auth =
  | { readonly scheme: "bearer"; readonly env: readonly string[]; readonly header?: string; readonly optional?: true }
  | {
      readonly scheme: "header";
      readonly header: string;
      readonly env: readonly string[];
      readonly bearerEnv?: readonly string[];
      readonly optional?: true;
    }
  | { readonly scheme: "none" };

/** `hosted` serves models of its own, `gateway` those of many (a slash belongs to its model ids), `local` runs on the user's machine. */
type ProviderKind = "hosted" | "gateway" | "local";

/** What holds only for the models whose ids match. */
export type ModelRule = {
  readonly match: RegExp;
  /** The wire that these models speak, where it is not the row's. */
  readonly wire?: WireName;
  /** Added to the row's own; these win. */
  readonly quirks?: Quirks;
};

/** The same provider on another wire. `keyHeader`: the header that shows the bare key there, where it is not the row's way. */
type Surface = { readonly baseUrl: string; readonly keyHeader?: string };

/** Everything that is particular to one provider. A slug is the row's key. */
export type ProviderRow = {
  /** As people write it. */
  readonly name: string;
  /** Other names for it, in lower case with hyphens; letter case and `_` for `-` do not count when they are looked up. */
  readonly aliases: readonly string[];
  readonly wire: WireName;
  /** `${NAME}` stands for a variable of the environment. */
  readonly baseUrl: string;
  /** Variables that, when set, replace `baseUrl`; the first one wins. */
  readonly baseUrlEnv?: readonly string[];
  readonly surfaces?: Readonly<Partial<Record<WireName, Surface>>>;
  readonly auth: Auth;
  readonly kind: ProviderKind;
  /** `certified`: a stable list of models and terms for regulated work. `community`: built from its documentation. */
  readonly tier: "certified" | "community";
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The header in which it wants a stable id of the conversation. */
  readonly conversationHeader?: string;
  readonly quirks?: Quirks;
  /** The first that matches counts. */
  readonly models?: readonly ModelRule[];
  /** What holds for its models where nothing better is known. */
  readonly facts?: Partial<ModelFacts>;
  /** Model ids of its own that begin with its slug (`openrouter/auto`): there the slug is no prefix to be taken off. */
  readonly keepPrefix?: RegExp;
  /** Asked where no model is named. */
  readonly defaultModel?: string;
  /** Where a person gets a key. */
  readonly keyUrl?: string;
  /** `local` rows: how to start the server, as a sentence. */
  readonly startHint?: string;
  /** Facts of this row that no source confirmed. */
  readonly unverified?: readonly string[];
};

export type ProviderRows = Readonly<Record<string, ProviderRow>>;

/** A row with its slug. */
export type Provider = { readonly slug: ProviderId; readonly row: ProviderRow };

export const bearer = (...env: readonly string[]): Auth => ({ scheme: "bearer", env });

/** For servers that need a key only where their owner set one. */
export const optionalBearer = (...env: readonly string[]): Auth => ({ scheme: "bearer", env, optional: true });
