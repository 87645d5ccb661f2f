import type { JsonObject } from "#base/json.ts";
import type { ReasoningEffort } from "#model/request.ts";

type Effort = Exclude<ReasoningEffort, "none" | "minimal">;

/** How the models of one family think, by the start of their id. */
type Family = {
  readonly prefix: string;
  /** The efforts of `output_config.effort`, weakest first; `null`: the family takes `budget_tokens` instead. */
  readonly efforts: readonly Effort[] | null;
  /** How thinking is turned off; `never`: the field is left out and the model thinks as it likes. */
  readonly off: "disabled" | "between_tools" | "never";
  /** Whether temperature, top_p and top_k may be sent while thinking is off. */
  readonly sampling: boolean;
  /** Whether `tool_choice` may force a call. */
  readonly forcedTool: boolean;
  /** The largest `max_tokens`; `null` is unknown. */
  readonly maxOutput: number | null;
};

const ALL: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];
const NO_XHIGH: readonly Effort[] = ["low", "medium", "high", "max"];
const KIMI: readonly Effort[] = ["low", "high", "max"];
const BUDGET = null;

const row = (
  prefix: string,
  [efforts, off]: readonly [Family["efforts"], Family["off"]],
  rest: Pick<Family, "sampling" | "forcedTool" | "maxOutput">,
): Family => ({ prefix, efforts, off, ...rest });

/** The first row whose prefix fits counts: longer prefixes stand first. */
const FAMILIES: readonly Family[] = [
  row("claude-sonnet-5-5", [ALL, "between_tools"], { sampling: false, forcedTool: false, maxOutput: 128_000 }),
  row("claude-opus-5-5", [ALL, "never"], { sampling: false, forcedTool: false, maxOutput: 128_000 }),
  row("claude-haiku-5-5", [ALL, "disabled"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-fable-5-1", [ALL, "never"], { sampling: false, forcedTool: false, maxOutput: 128_000 }),
  row("claude-fable-5-2", [ALL, "never"], { sampling: false, forcedTool: false, maxOutput: 128_000 }),
  row("claude-fable-5", [ALL, "never"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-opus-5", [ALL, "disabled"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-sonnet-5", [ALL, "disabled"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-opus-4-8", [ALL, "disabled"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-opus-4-7", [ALL, "disabled"], { sampling: false, forcedTool: true, maxOutput: 128_000 }),
  row("claude-opus-4-6", [NO_XHIGH, "disabled"], { sampling: true, forcedTool: true, maxOutput: 128_000 }),
  row("claude-sonnet-4-6", [NO_XHIGH, "disabled"], { sampling: true, forcedTool: true, maxOutput: 128_000 }),
  row("claude-opus-4-5", [BUDGET, "disabled"], { sampling: true, forcedTool: true, maxOutput: 64_000 }),
  row("claude-opus-4", [BUDGET, "disabled"], { sampling: true, forcedTool: true, maxOutput: 32_000 }),
  row("claude-", [BUDGET, "disabled"], { sampling: true, forcedTool: true, maxOutput: 64_000 }),
  row("kimi", [KIMI, "disabled"], { sampling: true, forcedTool: true, maxOutput: null }),
];

const UNKNOWN = row("", [BUDGET, "disabled"], { sampling: true, forcedTool: true, maxOutput: null });

/** Tokens that a model may think for, by effort. */
const BUDGETS: Readonly<Record<Effort, number>> = { low: 1024, medium: 4096, high: 16_384, xhigh: 32_768, max: 32_768 };

/** The least `budget_tokens` that the protocol takes. */
const LEAST_BUDGET = 1024;

/** What is asked of the model about thinking, and what follows for the other fields. */
export type ThinkingPlan = {
  readonly family: Family;
  readonly thinking?: JsonObject;
  readonly effort?: Effort;
  /** `budget_tokens`, or 0. */
  readonly budget: number;
  /** Tokens that thinking is expected to need on top of the answer, or 0. */
  readonly room: number;
};

type ThinkingWish = {
  readonly model: string;
  readonly effort: ReasoningEffort | undefined;
  /** Something else in the request does not go with thinking. */
  readonly impossible: (family: Family) => boolean;
  /** The output limit that the request or the provider's row names. */
  readonly limit: number | undefined;
  /** The efforts that the provider knows, where that is known. */
  readonly efforts: readonly ReasoningEffort[] | undefined;
};

export function planThinking(wish: ThinkingWish): ThinkingPlan {
  const family = familyOf(wish.model);
  const none = { family, budget: 0, room: 0 };
  if (wish.effort === undefined) return none;
  if (wish.effort === "none" || wish.impossible(family)) {
    if (family.off !== "never") return { ...none, thinking: { type: family.off } };
    // What cannot be turned off can still be asked to be brief.
    return wish.effort === "none" ? { ...none, effort: "low" } : none;
  }
  const asked = wish.efforts === undefined ? wish.effort : nearest(wish.effort, wish.efforts.filter(isEffort));
  const effort = nearest(asked, family.efforts ?? ALL);
  const room = BUDGETS[effort];
  if (family.efforts !== null) return { family, thinking: { type: "adaptive" }, effort, budget: 0, room };
  const budget = fitBudget(room, Math.min(wish.limit ?? Infinity, family.maxOutput ?? Infinity));
  return { family, thinking: { type: "enabled", budget_tokens: budget }, budget, room: budget };
}

/** The effort that a client means by its budget: the inverse of the table above. */
export function effortOfBudget(tokens: number): ReasoningEffort {
  return ALL.findLast((effort) => effort !== "max" && BUDGETS[effort] <= tokens) ?? "low";
}

/** Whether the family takes `budget_tokens`. */
export const takesBudget = (family: Family): boolean => family.efforts === null;

/** Gateways write `anthropic/claude-opus-4.6`, clouds put a region first: neither changes the family. */
function familyOf(model: string): Family {
  const name = model
    .slice(model.lastIndexOf("/") + 1)
    .toLowerCase()
    .replaceAll(".", "-");
  const id = name.slice(Math.max(0, name.indexOf("claude-")));
  return FAMILIES.find(({ prefix }) => id.startsWith(prefix)) ?? UNKNOWN;
}

/** A quarter of the limit stays for the answer. */
const fitBudget = (wanted: number, limit: number): number => Math.max(LEAST_BUDGET, Math.min(wanted, Math.floor(limit * 0.75)));

const ORDER: readonly ReasoningEffort[] = ["none", "minimal", ...ALL];

/** The closest of the known ones; of two equally close, the weaker. */
function nearest(effort: ReasoningEffort, known: readonly Effort[]): Effort {
  let best: Effort | undefined;
  for (const next of ALL) {
    if (known.includes(next) && (best === undefined || distance(next, effort) < distance(best, effort))) best = next;
  }
  return best ?? "low";
}

const distance = (one: ReasoningEffort, other: ReasoningEffort): number => Math.abs(ORDER.indexOf(one) - ORDER.indexOf(other));

const isEffort = (effort: ReasoningEffort): effort is Effort => effort !== "none" && effort !== "minimal";
