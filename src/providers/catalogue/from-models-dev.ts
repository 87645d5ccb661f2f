import { asArray, asNumber, asObject, asString, isObject, type Json, type JsonObject } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import { EFFORTS, MODEL_STATUSES, REASONING_FIELDS } from "#providers/catalogue/catalogue-model.ts";
import { MODELS_DEV_PROVIDERS, WIRE_OF_PACKAGE, type ModelsDevSource } from "#providers/catalogue/models-dev-names.ts";

/** A catalogue file before it is printed; `parseCatalogue` says what stands in it. */
export type CatalogueFile = {
  readonly format: 1;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly source: string;
  readonly licence: string;
  readonly providers: { readonly [slug: string]: { readonly [id: string]: JsonObject } };
};

type Fields = Readonly<Record<string, unknown>>;

/**
 * Takes what we use of models.dev's `api.json` (its providers by id, or those under `providers`). A model that is not understood is left
 * out. Throws `UsageError` where there is no provider that we know.
 */
export function fromModelsDev(payload: unknown, head: Pick<CatalogueFile, "date" | "source" | "licence">): CatalogueFile {
  const root = asObject(payload) ?? {};
  const theirs = asObject(own(root, "providers")) ?? root;
  const providers = Object.entries(MODELS_DEV_PROVIDERS).flatMap(([slug, sources]) => {
    // What an earlier source says of a model wins.
    const models = Object.fromEntries(sources.toReversed().flatMap((source) => modelsOf(theirs, source)));
    return Object.keys(models).length === 0 ? [] : [[slug, models] as const];
  });
  if (providers.length === 0) {
    throw new UsageError("the model list holds no provider that is known here: it is not models.dev's api.json", "Check its address.");
  }
  return { format: 1, ...head, providers: Object.fromEntries(providers) };
}

/** One model a line, so that two versions compare well. */
export function printCatalogue({ providers, ...head }: CatalogueFile): string {
  const blocks = Object.entries(providers).map(([slug, models]) => {
    const lines = Object.entries(models).map(([id, model]) => `${JSON.stringify(id)}:${JSON.stringify(model)}`);
    return `${JSON.stringify(slug)}:{\n${lines.join(",\n")}}`;
  });
  return `${JSON.stringify(head).slice(0, -1)},"providers":{\n${blocks.join(",\n")}}}\n`;
}

/** A member of the object itself: files of strangers may name what every object inherits. */
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

function modelsOf(theirs: Fields, { id: provider, only, plan }: ModelsDevSource): readonly (readonly [string, JsonObject])[] {
  const models = asObject(own(asObject(own(theirs, provider)) ?? {}, "models")) ?? {};
  return Object.entries(models).flatMap(([id, model]) => {
    if (!isObject(model) || !/^[!-~]{1,256}$/.test(id) || id === "__proto__" || only?.test(id) === false || !writesText(model)) return [];
    return [[id, { ...limitOf(model), ...priceOf(model, plan === true), ...natureOf(model) }] as const];
  });
}

function writesText(model: Fields): boolean {
  const output = asArray(asObject(model["modalities"])?.["output"]);
  return output === undefined || output.includes("text");
}

function limitOf(model: Fields): JsonObject {
  const limit = asObject(model["limit"]) ?? {};
  const counts = ["context", "output", "input"].map((name) => {
    const count = asNumber(limit[name]);
    return count !== undefined && Number.isInteger(count) && count > 0 && count <= 1e9 ? count : null;
  });
  return list("limit", counts);
}

/** A plan's price of nothing means that it is paid in another way: what a token costs is not known. */
function priceOf(model: Fields, plan: boolean): JsonObject {
  const cost = asObject(model["cost"]);
  const rates = cost === undefined ? undefined : ratesOf(cost);
  if (cost === undefined || rates === undefined || (plan && rates[0] === 0 && rates[1] === 0)) return {};
  const tiers = (asArray(cost["tiers"]) ?? [{ ...asObject(cost["context_over_200k"]), above: 200_000 }]).flatMap(
    (tier): readonly Json[] => {
      const fields = asObject(tier) ?? {};
      const above = asNumber(fields["above"]) ?? asNumber(asObject(fields["tier"])?.["size"]);
      const dearer = ratesOf(fields);
      return above === undefined || !Number.isInteger(above) || above < 0 || above > 1e9 || dearer === undefined
        ? []
        : [trimmed([above, ...dearer])];
    },
  );
  return { ...list("price", [...rates, rate(cost["reasoning"])]), ...list("tiers", tiers.slice(0, 8)) };
}

function ratesOf(cost: Fields): readonly (number | null)[] | undefined {
  const [input, output] = [rate(cost["input"]), rate(cost["output"])];
  return input === null || output === null ? undefined : [input, output, rate(cost["cache_read"]), rate(cost["cache_write"])];
}

function rate(value: unknown): number | null {
  const price = asNumber(value);
  return price === undefined || price < 0 || price > 100_000 ? null : price;
}

function natureOf(model: Fields): JsonObject {
  const { status, interleaved, release_date: released } = model;
  const input = asArray(asObject(model["modalities"])?.["input"]);
  const tools = asObject(model["tool_call"])?.["supported"] ?? model["tool_call"];
  const can = [
    word("image", input === undefined ? model["attachment"] : input.includes("image")),
    word("tools", tools),
    word("json", model["structured_output"]),
    word("temperature", model["temperature"]),
  ].filter((each) => each !== "");
  const field = asString(asObject(interleaved)?.["field"]);
  const replay = interleaved === true ? true : REASONING_FIELDS.find((known) => known === field);
  const known = MODEL_STATUSES.find((each) => each === status);
  const wire = wireOf(asObject(model["provider"]) ?? {});
  return {
    ...(can.length === 0 ? {} : { can: can.join(" ") }),
    ...reasoningOf(model),
    ...(replay === undefined ? {} : { replay }),
    ...(typeof released === "string" && /^\d{4}(?:-\d{2}){0,2}$/.test(released) ? { released } : {}),
    ...(known === undefined ? {} : { status: known }),
    ...(wire === undefined ? {} : { wire }),
  };
}

const word = (name: string, value: unknown): string => (typeof value !== "boolean" ? "" : value ? name : `-${name}`);

function reasoningOf(model: Fields): JsonObject {
  if (typeof model["reasoning"] !== "boolean") return {};
  const options = (asArray(model["reasoning_options"]) ?? []).map((option) => asObject(option) ?? {});
  if (!model["reasoning"] || options.length === 0) return { reasoning: model["reasoning"] };
  const named = new Set(options.flatMap(({ type, values }) => (type === "effort" ? (asArray(values) ?? []) : [])));
  const efforts = EFFORTS.filter((effort) => named.has(effort));
  const budget = options.find(({ type }) => type === "budget_tokens");
  const ends = [budget?.["min"], budget?.["max"]].map((end) =>
    Number.isInteger(end) && Number(end) >= 0 && Number(end) <= 1e9 ? Number(end) : null,
  );
  const how: JsonObject = {
    ...(efforts.length === 0 ? {} : { effort: efforts }),
    ...(budget === undefined ? {} : { budget: trimmed(ends) }),
    ...(options.some(({ type }) => type === "toggle") ? { toggle: true } : {}),
  };
  return { reasoning: Object.keys(how).length === 0 ? true : how };
}

const SHAPES: ReadonlyMap<unknown, string> = new Map([
  ["responses", "openai-responses"],
  ["completions", "openai-chat"],
]);

const wireOf = ({ npm, shape }: Fields): string | undefined =>
  SHAPES.get(shape) ?? (typeof npm === "string" ? WIRE_OF_PACKAGE.get(npm) : undefined);

/** The member with its items, or nothing where none is known. */
function list(name: string, items: readonly Json[]): JsonObject {
  const known = trimmed(items);
  return known.length === 0 ? {} : { [name]: known };
}

const trimmed = (items: readonly Json[]): readonly Json[] => items.slice(0, items.findLastIndex((item) => item !== null) + 1);
