import { UsageError } from "#base/usage-error.ts";
import type { ModelError } from "#model/error.ts";
import { modelId } from "#model/ids.ts";
import type { ModelId, ProviderId } from "#model/ids.ts";
import { UNKNOWN_FACTS } from "#model/model.ts";
import type { ModelFacts } from "#model/model.ts";
import type { Price } from "#model/usage.ts";
import { authorizer } from "#providers/authorize.ts";
import { choose } from "#providers/choose.ts";
import type { Choice, Wish } from "#providers/choose.ts";
import { fillIn, parseHost } from "#providers/host.ts";
import { findKey, keyHeaders, keyProblem } from "#providers/keys.ts";
import type { Env, Key } from "#providers/keys.ts";
import type { Provider, ProviderRow, Variant } from "#providers/row.ts";
import type { Authorize } from "#wires/http-model.ts";
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
  /** The address is the provider's own and not one that the user named. */
  readonly ownHost: boolean;
  readonly key: Key | null;
  /** Where a key was looked for, in order. */
  readonly keyVariables: readonly string[];
  /** To be thrown before the first request; null where it can be made. */
  readonly keyProblem: ModelError | null;
  /** The row's own headers and the one that shows the key: never to be printed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Gives each request the headers that prove who asks, where no key does. */
  readonly authorize?: Authorize;
  readonly facts: ModelFacts;
  readonly price: Price | null;
  readonly quirks: Quirks;
};

/** From a model reference to the target. A missing key is no error here but `keyProblem`. Throws `UsageError`. */
export const resolve = (options: ResolveOptions): Target => toTarget(choose(options), options);

/** The provider itself, for questions about no certain model. Throws `UsageError` where its address needs a variable that is not set. */
export const resolveProvider = (provider: Provider, options: Omit<ResolveOptions, "ref" | "provider" | "model">): Target =>
  toTarget({ ref: null, rule: "named", provider, model: null }, options);

function toTarget({ provider, model, ref, rule }: Choice, options: ResolveOptions): Target {
  const { slug, row } = provider;
  const special = model === null ? undefined : row.models?.find(({ match }) => match.test(model));
  const variant = row.variants?.find((each) => isMeant(each, options.env));
  const wire = options.wire ?? variant?.wire ?? special?.wire ?? row.wire;
  const surface = wire === row.wire ? undefined : row.surfaces?.[wire];
  const { given, baseUrl } = address({ row, wire, variant, model, options });
  const search = findKey(row.auth, options);
  const problem = keyProblem(provider, search, !given);
  const shown = search.key === null || problem !== null ? {} : keyHeaders(row.auth, search.key, surface);
  const authorize = search.key === null ? authorizer(row, baseUrl, options.env) : undefined;
  return {
    ref,
    rule,
    provider: slug,
    row,
    model: model === null ? null : modelId(model),
    wire,
    baseUrl,
    ownHost: !given,
    key: search.key,
    keyVariables: search.variables,
    keyProblem: problem,
    headers: { ...row.headers, ...shown },
    ...(authorize === undefined ? {} : { authorize }),
    facts: { ...UNKNOWN_FACTS, ...row.facts, ...special?.facts },
    price: null,
    quirks: { ...row.quirks, ...special?.quirks },
  };
}

function isMeant({ env: names, match }: Variant, env: Env): boolean {
  const value = names.map((name) => env[name]?.trim() ?? "").find((text) => text !== "");
  return value !== undefined && match.test(value);
}

type Place = {
  readonly row: ProviderRow;
  readonly wire: WireName;
  readonly variant: Variant | undefined;
  readonly model: string | null;
  readonly options: ResolveOptions;
};

/** `given`: the user put it in place of the row's. */
function address({ row, wire, variant, model, options }: Place): { readonly given: boolean; readonly baseUrl: string } {
  const { env } = options;
  const fill = (template: string) => fillIn(template, { env, who: row.name, model });
  const own = variant !== undefined && wire === (variant.wire ?? row.wire) ? variant : undefined;
  const given = givenHost(row, options);
  if (given !== undefined) {
    const path = own?.hostPath ?? row.hostPaths?.find(({ match }) => match.test(given))?.paths[wire];
    const added = path === undefined || (own?.hostPath !== undefined && new URL(given).pathname !== "/") ? "" : fill(path);
    return { given: true, baseUrl: given + added };
  }
  const template = own?.baseUrl ?? (wire === row.wire ? row.baseUrl : row.surfaces?.[wire]?.baseUrl);
  if (template === undefined) throw new UsageError(`${row.name} is not known to speak ${wire}`, "Give the address that does with --host.");
  return { given: false, baseUrl: fill(template) };
}

/** The address that the user put in place of the row's. */
function givenHost(row: ProviderRow, { host, env }: { readonly host?: string | undefined; readonly env: Env }): string | undefined {
  if (host !== undefined) return parseHost({ text: host, from: "--host", usual: row.baseUrl });
  const name = row.baseUrlEnv?.find((variable) => (env[variable]?.trim() ?? "") !== "");
  const text = name === undefined ? undefined : env[name];
  return name === undefined || text === undefined ? undefined : parseHost({ text, from: name, usual: row.baseUrl });
}
