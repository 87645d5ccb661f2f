import { asArray, asNumber, asString, isObject } from "#base/json.ts";
import type { ModelFacts } from "#model/model.ts";
import { NOT_CHAT, type Asked, type Keep } from "#providers/discovery.ts";
import { pathIn } from "#providers/path-in.ts";

/** What a list says of one model; what it does not say is absent. Prices come from the catalogue. */
export type ToldFacts = Partial<Omit<ModelFacts, "price">> & {
  /** Billions of parameters. */
  readonly billions?: number;
};

export type ListedModel = { readonly id: string; readonly facts: ToldFacts; readonly free?: true };
/** `why`: what keeps it from being a chat model. */
export type DroppedModel = { readonly id: string; readonly why: string };

/** Longest id that is taken for one, in characters. */
const ID_LIMIT = 256;

/** One entry of a list, or `undefined` where it names no model. */
export function readEntry(entry: unknown, how: Asked): ListedModel | DroppedModel | undefined {
  const named =
    asString(entry) ??
    idFields(how)
      .map((field) => asString(pathIn(entry, field)))
      .find((text) => text !== undefined);
  const id =
    named === undefined ? "" : how.idPrefix !== undefined && named.startsWith(how.idPrefix) ? named.slice(how.idPrefix.length) : named;
  if (id === "" || id.length > ID_LIMIT || /[\s\p{Cc}]/u.test(id)) return undefined;
  const why = whyNot(id, entry, how);
  if (why !== undefined) return { id, why };
  return { id, facts: toldFacts(entry), ...(isFree(id, entry) ? { free: true } : {}) };
}

const idFields = ({ id }: Asked): readonly string[] => (id === undefined ? ["id", "name", "key", "slug", "model"] : [id, "id", "model"]);

function whyNot(id: string, entry: unknown, { keep = [], skip }: Asked): string | undefined {
  const broken = keep.find((rule) => !isKept(entry, rule));
  if (broken !== undefined) return broken.why;
  if (skip?.test(id) === true) return "is left out of this provider's list on purpose";
  return NOT_CHAT.find(({ match }) => match.test(id))?.why;
}

/** Whether an entry has what the rule asks for, or does not have the property at all. */
export function isKept(entry: unknown, { path, is, required }: Keep): boolean {
  const value = pathIn(entry, path);
  if (value === undefined || value === null) return required !== true;
  const values: readonly unknown[] = asArray(value) ?? [value];
  return is.some((wanted) => values.includes(wanted));
}

const CONTEXT_PATHS = [
  "context_length",
  "context_window",
  "max_context_length",
  "max_model_len",
  "max_prompt_length",
  "inputTokenLimit",
  "top_provider.context_length",
  "metadata.context_length",
  "model_spec.availableContextTokens",
  "capabilities.limits.max_context_window_tokens",
  "limits.max_context_length",
  "meta.n_ctx_train",
  "max_input_tokens",
];
const OUTPUT_PATHS = [
  "max_completion_tokens",
  "max_output_tokens",
  "outputTokenLimit",
  "top_provider.max_completion_tokens",
  "metadata.max_tokens",
  "model_spec.maxCompletionTokens",
  "capabilities.limits.max_output_tokens",
  "max_tokens",
];
const TOOL_PATHS = [
  "supports_tools",
  "capabilities.function_calling",
  "capabilities.supports.tool_calls",
  "capabilities.trained_for_tool_use",
  "model_spec.capabilities.supportsFunctionCalling",
];
const VISION_PATHS = [
  "supports_image_input",
  "supports_image_in",
  "capabilities.vision",
  "capabilities.supports.vision",
  "model_spec.capabilities.supportsVision",
];
const REASONING_PATHS = ["supports_reasoning", "capabilities.reasoning", "model_spec.capabilities.supportsReasoning"];
/** Lists of words, and the words in them that answer the question. */
const WORD_LISTS = ["supported_parameters", "supported_features", "features", "tags", "capabilities"];
const MODALITY_LISTS = ["architecture.input_modalities", "input_modalities", "inputModalities"];

/** Facts in all the shapes that lists have. Numbers that cannot be windows are not taken. */
export function toldFacts(entry: unknown): ToldFacts {
  const contextTokens = firstCount(entry, CONTEXT_PATHS);
  const maxOutputTokens = firstCount(entry, OUTPUT_PATHS);
  const tools = firstTruth(entry, TOOL_PATHS) ?? wordSaid(entry, /^(tools?|tool[-_]use|tool[-_]calls?|function[-_]calling)$/i);
  const vision = firstTruth(entry, VISION_PATHS) ?? modality(entry, /^image$/i) ?? wordSaid(entry, /^vision$/i);
  const reasoning = firstTruth(entry, REASONING_PATHS) ?? wordSaid(entry, /^(reasoning|thinking|include_reasoning)$/i);
  return {
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(tools === undefined ? {} : { tools: tools ? "native" : "none" }),
    ...(vision === undefined ? {} : { vision }),
    ...(reasoning === undefined ? {} : { reasoning }),
  };
}

/** No window is larger than this, in tokens. */
const COUNT_LIMIT = 100_000_000;

function firstCount(entry: unknown, paths: readonly string[]): number | undefined {
  for (const path of paths) {
    const count = asNumber(pathIn(entry, path));
    if (count !== undefined && Number.isInteger(count) && count > 0 && count <= COUNT_LIMIT) return count;
  }
  return undefined;
}

function firstTruth(entry: unknown, paths: readonly string[]): boolean | undefined {
  for (const path of paths) {
    const value = pathIn(entry, path);
    if (typeof value === "boolean") return value;
    // LM Studio describes reasoning where there is any.
    if (isObject(value)) return true;
  }
  return undefined;
}

function modality(entry: unknown, wanted: RegExp): boolean | undefined {
  const lists = MODALITY_LISTS.flatMap((path) => asArray(pathIn(entry, path)) ?? []);
  return lists.length === 0 ? undefined : lists.some((word) => typeof word === "string" && wanted.test(word));
}

/** A list of words that lacks the word is silent about it, unless it is the list of all parameters and the word would be one. */
function wordSaid(entry: unknown, wanted: RegExp): boolean | undefined {
  for (const path of WORD_LISTS) {
    const words = asArray(pathIn(entry, path))?.filter((word) => typeof word === "string");
    if (words === undefined || words.length === 0) continue;
    if (words.some((word) => wanted.test(word))) return true;
    if (path === "supported_parameters" && !wanted.test("vision")) return false;
  }
  return undefined;
}

const isFree = (id: string, entry: unknown): boolean =>
  id.endsWith(":free") || ["prompt", "completion"].every((part) => isZero(pathIn(entry, `pricing.${part}`)));

const isZero = (price: unknown): boolean => (typeof price === "string" || typeof price === "number") && price !== "" && Number(price) === 0;
