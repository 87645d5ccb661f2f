import { UsageError } from "#base/usage-error.ts";
import { parseRef } from "#model/ref.ts";
import type { ModelRef } from "#model/ref.ts";
import { BARE_NAMES, OLLAMA_TAG } from "#providers/bare-names.ts";
import { findProvider, requireProvider, unknownProvider } from "#providers/find.ts";
import { findKey } from "#providers/keys.ts";
import type { Env } from "#providers/keys.ts";
import type { Provider } from "#providers/row.ts";
import { DEFAULT_PROVIDER, allProviders } from "#providers/rows.ts";
import { customProvider } from "#providers/rows/custom.ts";

/** What was asked for. `ref` and `model` are both model references; both at once only where `ref` is `custom:<url>`. */
export type Wish = {
  readonly ref?: string | undefined;
  readonly provider?: string | undefined;
  readonly model?: string | undefined;
  readonly env: Env;
  /** From the configuration; a provider of `auto` counts as none. */
  readonly defaults?: { readonly provider?: string | undefined; readonly model?: string | undefined } | undefined;
};

/** `rule`: why this provider, in words. `model`: null where the provider's own list has to be asked for one. */
export type Choice = { readonly ref: string | null; readonly rule: string; readonly provider: Provider; readonly model: string | null };

/** Decides which provider is asked for which model. Throws `UsageError`. */
export function choose(wish: Wish): Choice {
  const { provider, text } = sortOut(wish);
  if (provider !== undefined) return forced(provider, text, wish);
  if (text !== undefined) return fromRef(text, wish);
  const preset = wish.defaults?.provider;
  const model = wish.defaults?.model;
  const rule = model === undefined ? "default_provider" : "default_provider with default_model";
  if (isNamed(preset)) return forced({ name: preset, rule }, model, wish);
  if (model !== undefined) return fromRef(model, wish);
  return { ref: null, rule: "nothing is named or set: Ollama on this machine", provider: requireProvider(DEFAULT_PROVIDER), model: null };
}

type Forced = { readonly name: string; readonly rule: string };

function sortOut({ ref, model, provider }: Wish): { readonly provider: Forced | undefined; readonly text: string | undefined } {
  if (ref !== undefined && model !== undefined) {
    if (!isUrl(ref)) {
      throw new UsageError(`two models are named: ${JSON.stringify(ref)} and, with -m, ${JSON.stringify(model)}`, "Name one of them.");
    }
    return { provider: { name: ref, rule: "the URL names an endpoint" }, text: model };
  }
  const text = ref ?? model;
  if (provider !== undefined) return { provider: { name: provider, rule: "-p names the provider" }, text };
  if (text !== undefined && isUrl(text)) return { provider: { name: text, rule: "the URL names an endpoint" }, text: undefined };
  return { provider: undefined, text };
}

const isUrl = (text: string): boolean => parseRef(text).kind === "url";

const isNamed = (name: string | undefined): name is string => name !== undefined && name.trim() !== "" && name !== "auto";

function forced({ name, rule }: Forced, text: string | undefined, wish: Wish): Choice {
  const provider = named(name);
  if (text !== undefined) return { ref: text, rule, provider, model: idFor(provider, text) };
  const preset = defaultProvider(wish);
  const model = wish.defaults?.model;
  if (model !== undefined && preset?.slug === provider.slug && preset.row.baseUrl === provider.row.baseUrl) {
    return { ref: model, rule: `${rule}; the model is default_model`, provider, model: idFor(provider, model) };
  }
  const { defaultModel, kind } = provider.row;
  if (defaultModel !== undefined) return { ref: null, rule: `${rule}; the model is its default`, provider, model: defaultModel };
  if (kind === "local") return { ref: null, rule: `${rule}; no model is named`, provider, model: null };
  throw new UsageError(`${provider.row.name} is named without a model`, `Add one: -p ${name} -m <model>.`);
}

function named(name: string): Provider {
  if (!/^(anthropic-)?custom:/.test(name)) return requireProvider(name);
  const ref = parseRef(name);
  if (ref.kind === "url") return customProvider(ref.scheme, ref.url);
  throw new UsageError("custom requires an http:// or https:// URL. Format: custom:https://your-api.example.com/v1", MODEL_BESIDE);
}

const MODEL_BESIDE = "Name the model beside it with -m.";

const defaultProvider = ({ defaults }: Wish): Provider | undefined => (isNamed(defaults?.provider) ? named(defaults.provider) : undefined);

/** The text as the provider's own model id: without its own prefix, and with `sonnet` and the like spelled out. */
function idFor(provider: Provider, text: string): string {
  const ref = parseRef(text);
  const own = ref.kind === "prefixed" && findProvider(ref.provider)?.slug === provider.slug;
  return own ? idAfterPrefix(provider, ref) : spelledOut(provider, text);
}

function idAfterPrefix({ slug, row }: Provider, { separator, model }: Extract<ModelRef, { kind: "prefixed" }>): string {
  const whole = `${slug}/${model}`;
  if (separator === "/" && row.keepPrefix?.test(whole) === true) return whole;
  return spelledOut({ slug, row }, model);
}

function spelledOut({ slug }: Provider, name: string): string {
  const rule = BARE_NAMES.find(({ match }) => match.test(name));
  return rule?.provider === slug && rule.to !== undefined ? name.replace(rule.match, rule.to) : name;
}

function fromRef(text: string, wish: Wish): Choice {
  const ref = parseRef(text);
  switch (ref.kind) {
    case "prefixed":
      return ref.separator === "/" ? fromSlash(text, ref, wish) : fromColon(text, ref, wish);
    case "url":
      return forced({ name: text, rule: "the URL names an endpoint" }, undefined, wish);
    case "hint":
      throw new UsageError(
        `no model route is named ${JSON.stringify(ref.name)}`,
        "Add it to [[model_routes]] in the configuration, or name a model.",
      );
    case "custom":
      throw new UsageError(
        `no entry of custom_models is named ${JSON.stringify(ref.name)}`,
        "Add it to the configuration, or write custom:https://your-api.example.com/v1 with -m.",
      );
    case "bare":
      return fromBare(text, wish);
  }
}

type Prefixed = Extract<ModelRef, { kind: "prefixed" }>;

function fromSlash(text: string, ref: Prefixed, wish: Wish): Choice {
  const own = findProvider(ref.provider);
  const preset = defaultProvider(wish);
  if (preset?.row.kind === "gateway" && own?.slug !== preset.slug) {
    return { ref: text, rule: "default_provider is a gateway: the slash belongs to its model id", provider: preset, model: text };
  }
  const model = own === undefined ? text : idAfterPrefix(own, ref);
  if (own !== undefined) return { ref: text, rule: `${ref.provider}/ names the provider`, provider: own, model };
  if (preset !== undefined) {
    return { ref: text, rule: `default_provider; ${ref.provider}/ is no provider and belongs to the model id`, provider: preset, model };
  }
  throw unknownProvider(ref.provider, `To send the whole name to Ollama as it is: ollama:${text}`);
}

function fromColon(text: string, ref: Prefixed, wish: Wish): Choice {
  const own = findProvider(ref.provider);
  // `mistral:7b` is in Ollama's library; no hosted provider has a model called `7b`.
  const tagged = OLLAMA_TAG.test(ref.model) && own?.row.kind !== "local";
  if (own !== undefined && !tagged) {
    return { ref: text, rule: `${ref.provider}: names the provider`, provider: own, model: idAfterPrefix(own, ref) };
  }
  return fromBare(text, wish);
}

function fromBare(text: string, wish: Wish): Choice {
  const tagged = OLLAMA_TAG.test(/:([^:/]+)$/.exec(text)?.[1] ?? "");
  const known = tagged || text.includes("/") ? undefined : BARE_NAMES.find(({ match }) => match.test(text));
  if (known !== undefined) {
    const provider = requireProvider(known.provider);
    return { ref: text, rule: known.rule, provider, model: spelledOut(provider, text) };
  }
  const preset = defaultProvider(wish);
  if (preset !== undefined) return { ref: text, rule: "default_provider", provider: preset, model: text };
  const local = requireProvider(DEFAULT_PROVIDER);
  if (tagged) return { ref: text, rule: "a name with a size or tag after the colon is Ollama's", provider: local, model: text };
  const keyed = onlyWithKey(wish.env);
  if (keyed === undefined) return { ref: text, rule: "no rule knows the name: Ollama on this machine", provider: local, model: text };
  return { ref: text, rule: `the only provider that has a key (${keyed.variable})`, provider: keyed.provider, model: text };
}

type Keyed = { readonly provider: Provider; readonly variable: string; readonly rank: number };

/** A variable that several rows read counts for the one that names it earliest. */
function onlyWithKey(env: Env): Keyed | undefined {
  const found = new Map<string, Keyed>();
  for (const provider of allProviders()) {
    const { auth } = provider.row;
    if (auth.scheme === "none" || auth.scheme === "login" || auth.optional === true) continue;
    const variable = findKey(auth, { env }).key?.name;
    if (variable === undefined) continue;
    const rank = auth.env.indexOf(variable);
    const other = found.get(variable);
    if (other === undefined || rank < other.rank) found.set(variable, { provider, variable, rank });
  }
  return found.size === 1 ? [...found.values()][0] : undefined;
}
