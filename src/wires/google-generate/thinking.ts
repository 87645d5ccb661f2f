import type { JsonObject } from "#base/json.ts";
import type { ReasoningEffort } from "#model/request.ts";

type Level = Exclude<ReasoningEffort, "none" | "max">;

/** What the models of one family take, by the start of their id. */
type Family = {
  readonly prefix: string;
  /** How thinking is asked for: one of these levels, weakest first, or a budget in tokens; `null`: not at all. */
  readonly thinking: readonly Level[] | Budget | null;
  /**
   * Gemini 3 and later: calls of the current turn need their signatures, results may hold images, and a response format goes together with
   * tools.
   */
  readonly modern: boolean;
  /** Whether `systemInstruction` may be sent. */
  readonly system: boolean;
};

/** Tokens. `off`: what turns thinking off, or comes closest. */
type Budget = { readonly least: number; readonly most: number; readonly off: number };

const FLASH: readonly Level[] = ["minimal", "low", "medium", "high"];
const PRO: readonly Level[] = ["low", "medium", "high"];

const modern = (prefix: string, thinking: Family["thinking"]): Family => ({ prefix, thinking, modern: true, system: true });
const older = (prefix: string, thinking: Family["thinking"], system = true): Family => ({ prefix, thinking, modern: false, system });

/** The first row whose prefix fits counts: longer prefixes stand first. */
const FAMILIES: readonly Family[] = [
  older("gemini-2.5-flash-image", null),
  older("gemini-2.5-flash-lite", { least: 512, most: 24_576, off: 0 }),
  older("gemini-2.5-flash", { least: 1, most: 24_576, off: 0 }),
  older("gemini-2.5-pro", { least: 128, most: 32_768, off: 128 }),
  older("gemini-2", null),
  older("gemini-1", null),
  older("gemini-pro", null),
  modern("gemini-3-pro-image", null),
  modern("gemini-3-pro", ["low", "high"]),
  modern("gemini-3.1-flash-image", ["minimal", "high"]),
  modern("gemini-3-flash", FLASH),
  modern("gemini-3.1-flash", FLASH),
  modern("gemini-3.5-flash", FLASH),
  modern("gemini-", PRO),
  older("gemma-2", null, false),
  older("gemma-3", null, false),
];

const UNKNOWN = older("", null);

export type ModelFamily = Omit<Family, "prefix">;

/** The id may come as a resource name (`models/…`) or with a publisher before it. */
export function familyOf(model: string): ModelFamily {
  const id = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  return FAMILIES.find(({ prefix }) => id.startsWith(prefix)) ?? UNKNOWN;
}

type ThinkingWish = {
  readonly model: string;
  readonly effort: ReasoningEffort | undefined;
  /** The efforts that the provider knows, where that is known. */
  readonly efforts: readonly ReasoningEffort[] | undefined;
};

/** The protocol's `thinkingConfig`; `undefined` where nothing is asked, or nothing can be. */
export function encodeThinking({ model, effort, efforts }: ThinkingWish): JsonObject | undefined {
  const { thinking } = familyOf(model);
  if (effort === undefined || thinking === null) return undefined;
  const includeThoughts = effort !== "none";
  if ("least" in thinking) {
    const { least, most, off } = thinking;
    return { includeThoughts, thinkingBudget: effort === "none" ? off : Math.min(most, Math.max(least, BUDGETS[effort])) };
  }
  return { includeThoughts, thinkingLevel: nearest(effort, efforts?.filter(isLevel) ?? thinking) };
}

/** Tokens that a model may think for, by effort. */
const BUDGETS: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};

const ORDER: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

const isLevel = (effort: ReasoningEffort): effort is Level => effort !== "none" && effort !== "max";

/** The closest of the known levels; of two equally close, the weaker. */
function nearest(effort: ReasoningEffort, known: readonly Level[]): Level {
  const distance = (level: Level): number => Math.abs(ORDER.indexOf(level) - ORDER.indexOf(effort));
  let best: Level | undefined;
  for (const level of known) if (best === undefined || distance(level) < distance(best)) best = level;
  return best ?? "low";
}

/** The effort that a client means by its `thinkingConfig`: the inverse of the tables above. A negative budget leaves it to the model. */
export function effortOf(level: string | undefined, budget: number | undefined): ReasoningEffort | undefined {
  const named = ORDER.find((effort) => effort === level?.toLowerCase());
  if (named !== undefined || budget === undefined || budget < 0) return named;
  if (budget === 0) return "none";
  return ORDER.findLast((effort) => effort !== "none" && effort !== "max" && BUDGETS[effort] <= budget) ?? "minimal";
}
