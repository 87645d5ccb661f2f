import { ModelError } from "#model/error.ts";
import type { ModelFacts } from "#model/model.ts";
import { capabilitiesOf, type Capabilities } from "#providers/capabilities.ts";
import { discover, discoveryOf, type Listing } from "#providers/discover.ts";
import type { Env } from "#providers/keys.ts";
import type { DroppedModel, ListedModel } from "#providers/listed-model.ts";
import { readListing, writeListing, type CachePlace } from "#providers/listing-cache.ts";
import { orderModels } from "#providers/order-models.ts";
import type { Target } from "#providers/resolve.ts";

/** What is known of models without asking anybody. */
export type KnownModels = {
  models(provider: string): readonly string[];
  facts(provider: string, model: string): Partial<ModelFacts> | undefined;
};

export type ListOptions = {
  readonly env: Env;
  readonly signal: AbortSignal;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where lists are kept. */
  readonly folder: string;
  /** Whether the provider is asked although a list is still fresh. */
  readonly again: boolean;
  readonly known: KnownModels;
};

/** `curated`: chosen by hand and not asked for. */
type ListOrigin = "provider" | "kept" | "curated" | "catalogue";

/** One provider's models, best first. `ageMs`: how old a kept list is; `problem`: why the provider itself could not be asked. */
export type ProviderList = {
  readonly target: Target;
  readonly origin: ListOrigin;
  readonly ageMs: number;
  readonly models: readonly (ListedModel & { readonly capabilities: Capabilities })[];
  readonly dropped: readonly DroppedModel[];
  readonly cut: string | null;
  readonly problem: Error | null;
};

/** How long a provider is waited for, all its pages together, in ms. */
const LIST_MS = 3000;

/** How long a list stays fresh, in ms. */
const FRESH_MS = 3_600_000;

/**
 * The provider's models: from a fresh list that was kept, from the provider, from an older list, or from the catalogue; the first that can
 * be had. Throws only where the caller's signal is aborted.
 */
export async function listProvider(target: Target, options: ListOptions): Promise<ProviderList> {
  const { row } = target;
  const place: CachePlace = { folder: options.folder, key: `${target.provider} ${target.wire} ${target.baseUrl}` };
  if (discoveryOf(target).by !== "asked") {
    return toList(target, { origin: "curated", ageMs: 0, listing: await discover(target, options), problem: null }, options.known);
  }
  const kept = await readListing(place);
  const ageMs = kept === undefined ? 0 : Math.max(0, options.now - kept.at);
  if (kept !== undefined && ageMs < FRESH_MS && !options.again) {
    return toList(target, { origin: "kept", ageMs, listing: kept.listing, problem: null }, options.known);
  }
  try {
    const listing = await ask(target, options);
    // A list that cannot be kept is asked for again next time.
    await writeListing(place, { at: options.now, listing }).catch(() => undefined);
    return toList(target, { origin: "provider", ageMs: 0, listing, problem: null }, options.known);
  } catch (error) {
    options.signal.throwIfAborted();
    const problem = error instanceof Error ? error : new Error(String(error));
    if (kept !== undefined) return toList(target, { origin: "kept", ageMs, listing: kept.listing, problem }, options.known);
    const models = row.kind === "local" ? [] : options.known.models(target.provider).map((id) => ({ id, facts: {} }));
    return toList(target, { origin: "catalogue", ageMs: 0, listing: { models, dropped: [], cut: null }, problem }, options.known);
  }
}

async function ask(target: Target, { env, signal }: ListOptions): Promise<Listing> {
  const open = target.row.discover?.by === "asked" && target.row.discover.open === true;
  if (target.keyProblem !== null && !open) throw target.keyProblem;
  const late = AbortSignal.timeout(LIST_MS);
  const either = AbortSignal.any([signal, late]);
  try {
    return await stopped(discover(target, { env, signal: either }), either);
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw new ModelError("timeout-total", `${target.row.name} did not list its models within ${LIST_MS / 1000} s`);
  }
}

/** Credentials that are looked for elsewhere do not watch the signal. */
function stopped<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

type Found = Pick<ProviderList, "origin" | "ageMs" | "problem"> & { readonly listing: Listing };

function toList(target: Target, { listing, ...found }: Found, known: KnownModels): ProviderList {
  const { row, provider } = target;
  const models = listing.models.map((model) => ({
    ...model,
    capabilities: capabilitiesOf({ model: model.id, row, told: model.facts, catalogue: known.facts(provider, model.id) }),
  }));
  const ordered = orderModels(models.map((model) => ({ ...model, facts: { ...model.facts, ...limitsOf(model.capabilities) } })));
  return { target, ...found, models: ordered, dropped: listing.dropped, cut: listing.cut };
}

const limitsOf = ({ contextTokens, maxOutputTokens }: Capabilities) => ({
  ...(contextTokens.origin === "default" || contextTokens.value === null ? {} : { contextTokens: contextTokens.value }),
  ...(maxOutputTokens.origin === "default" || maxOutputTokens.value === null ? {} : { maxOutputTokens: maxOutputTokens.value }),
});
