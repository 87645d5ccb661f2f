import type { ProviderId } from "#model/ids.ts";
import type { ModelFacts } from "#model/model.ts";
import type { Discovery } from "#providers/discovery.ts";
import type { Probe } from "#providers/probe.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { WireName } from "#wires/wire.ts";

/**
 * How a provider is shown a key. `env`: the variables that may hold it, in the order in which they are tried. `optional`: it also answers
 * without one.
 * - `bearer` sends `Bearer <key>` in `header` (standard: `authorization`).
 * - `header` sends the bare key, but as `Bearer` in `authorization` where it comes from one of `bearerEnv`.
 * - `aws` sends a key as `Bearer`; without one each request is signed with what the AWS credential chain finds.
 * - `google-adc` sends a key in `header` (`Bearer` for one of `bearerEnv`); without one each request carries a token of Google's
 *   application default credentials.
 * - `login` sends a token as `Bearer`; it comes from a sign-in, and `how` says in a sentence what to do where there is none.
 * - `none`: no key is looked for; one given by hand is sent as `Bearer`.
 */
export type Auth =
  | { readonly scheme: "bearer"; readonly env: readonly string[]; readonly header?: string; readonly optional?: true }
  | HeaderAuth<"header">
  | { readonly scheme: "aws"; readonly env: readonly string[]; readonly service: string; readonly optional: true }
  | HeaderAuth<"google-adc">
  | { readonly scheme: "login"; readonly env: readonly string[]; readonly how: string; readonly optional?: never }
  | { readonly scheme: "none" };

type HeaderAuth<Scheme extends string> = {
  readonly scheme: Scheme;
  readonly header: string;
  readonly env: readonly string[];
  readonly bearerEnv?: readonly string[];
  readonly optional?: true;
};

/** `hosted` serves models of its own, `gateway` those of many (a slash belongs to its model ids), `local` runs on the user's machine. */
type ProviderKind = "hosted" | "gateway" | "local";

/** What holds only for the models whose ids match. */
export type ModelRule = {
  readonly match: RegExp;
  /** The wire that these models speak, where it is not the row's. */
  readonly wire?: WireName;
  /** Added to the row's own; these win. */
  readonly quirks?: Quirks;
  /** What holds for them in place of the row's. */
  readonly facts?: Partial<ModelFacts>;
};

/**
 * The same provider on another wire, where its key is not shown in the row's way: `keyHeader` names the header that holds it bare,
 * `bearer` sends it as `Bearer`.
 */
export type Surface = { readonly baseUrl: string; readonly keyHeader?: string; readonly bearer?: true };

/**
 * Another address of the same provider, meant when the first variable of `env` that is set matches. `hostPath`: what is added to an
 * address of the user's that has no path of its own.
 */
export type Variant = {
  readonly env: readonly string[];
  readonly match: RegExp;
  readonly wire?: WireName;
  readonly baseUrl: string;
  readonly hostPath?: string;
};

/** What each wire adds to an address of the user's that matches. */
type HostPath = { readonly match: RegExp; readonly paths: Readonly<Partial<Record<WireName, string>>> };

/** Everything that is particular to one provider. A slug is the row's key. */
export type ProviderRow = {
  /** As people write it. */
  readonly name: string;
  /** Other names for it, in lower case with hyphens; letter case and `_` for `-` do not count when they are looked up. */
  readonly aliases: readonly string[];
  readonly wire: WireName;
  /** `${NAME}` stands for a variable of the environment, `${ONE|OTHER}` for the first that is set, `${model}` for the model's id. */
  readonly baseUrl: string;
  /** Variables that, when set, replace `baseUrl`; the first one wins. */
  readonly baseUrlEnv?: readonly string[];
  readonly surfaces?: Readonly<Partial<Record<WireName, Surface>>>;
  /** The first that matches counts, for the row's own wire or the one it names. */
  readonly variants?: readonly Variant[];
  readonly hostPaths?: readonly HostPath[];
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
  /** How its models are listed; absent: as its wire does it. */
  readonly discover?: Discovery;
  /** How a local server tells what it knows of one model; absent: what its list says is all. */
  readonly probe?: Probe;
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
