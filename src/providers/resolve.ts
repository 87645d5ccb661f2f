import { UsageError } from "#base/usage-error.ts";
import type { ModelError } from "#model/error.ts";
import { modelId } from "#model/ids.ts";
import type { ModelId, ProviderId } from "#model/ids.ts";
import { UNKNOWN_FACTS } from "#model/model.ts";
import type { ModelFacts } from "#model/model.ts";
import type { Price } from "#model/usage.ts";
import { choose } from "#providers/choose.ts";
import type { Wish } from "#providers/choose.ts";
import { fillIn, parseHost } from "#providers/host.ts";
import { findKey, keyHeaders, keyProblem } from "#providers/keys.ts";
import type { Env, Key } from "#providers/keys.ts";
import type { ProviderRow } from "#providers/row.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { WireName } from "#wires/wire.ts";

/** `host` replaces the base URL, `wire` the protocol. */
export type ResolveOptions = Wish & {
  readonly host?: string | undefined;
  readonly token?: string | undefined;
  readonly wire?: WireName | undefined;
};

/** Whom to ask, where, how, and why. */
export type Target = {
  /** As it was written; null where no model was named. */
  readonly ref: string | null;
  /** Which rule chose the provider, in words. */
  readonly rule: string;
  readonly provider: ProviderId;
  readonly row: ProviderRow;
  /** Null: none was named, and the provider's own list has to be asked (local servers only). */
  readonly model: ModelId | null;
  readonly wire: WireName;
  readonly baseUrl: string;
  readonly key: Key | null;
  /** Where a key was looked for, in order. */
  readonly keyVariables: readonly string[];
  /** To be thrown before the first request; null where it can be made. */
  readonly keyProblem: ModelError | null;
  /** The row's own headers and the one that shows the key: never to be printed. */
  readonly headers: Readonly<Record<string, string>>;
  readonly facts: ModelFacts;
  readonly price: Price | null;
  readonly quirks: Quirks;
};

/** From a model reference to the target. A missing key is no error here but `keyProblem`. Throws `UsageError`. */
export function resolve(options: ResolveOptions): Target {
  const { provider, model, ref, rule } = choose(options);
  const { slug, row } = provider;
  const special = model === null ? undefined : row.models?.find(({ match }) => match.test(model));
  const wire = options.wire ?? special?.wire ?? row.wire;
  const surface = wire === row.wire ? undefined : row.surfaces?.[wire];
  const given = givenHost(row, options);
  if (given === undefined && surface === undefined && wire !== row.wire) {
    throw new UsageError(`${row.name} is not known to speak ${wire}`, "Give the address that does with --host.");
  }
  const baseUrl = given ?? fillIn(surface?.baseUrl ?? row.baseUrl, { env: options.env, who: row.name });
  const search = findKey(row.auth, options);
  const problem = keyProblem(provider, search, given === undefined);
  const shown = search.key === null || problem !== null ? {} : keyHeaders(row.auth, search.key, surface?.keyHeader);
  return {
    ref,
    rule,
    provider: slug,
    row,
    model: model === null ? null : modelId(model),
    wire,
    baseUrl,
    key: search.key,
    keyVariables: search.variables,
    keyProblem: problem,
    headers: { ...row.headers, ...shown },
    facts: { ...UNKNOWN_FACTS, ...row.facts },
    price: null,
    quirks: { ...row.quirks, ...special?.quirks },
  };
}

/** The address that the user put in place of the row's. */
function givenHost(row: ProviderRow, { host, env }: { readonly host?: string | undefined; readonly env: Env }): string | undefined {
  if (host !== undefined) return parseHost({ text: host, from: "--host", usual: row.baseUrl });
  const name = row.baseUrlEnv?.find((variable) => (env[variable]?.trim() ?? "") !== "");
  const text = name === undefined ? undefined : env[name];
  return name === undefined || text === undefined ? undefined : parseHost({ text, from: name, usual: row.baseUrl });
}
