import type { JsonObject } from "#base/json.ts";
import type { ReasoningEffort } from "#model/request.ts";

/** Tokens that the model may think with. No budget leaves it to the model, which then thinks as long as it likes. */
const BUDGETS = {
  none: 0,
  minimal: 512,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 24_576,
  max: Infinity,
} as const satisfies Record<ReasoningEffort, number>;

const EFFORTS: readonly ReasoningEffort[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

/** Thinking counts against the output limit: at most half of it is given away, so that an answer still fits. */
export function encodeThinking(effort: ReasoningEffort, outputLimit: number | undefined): JsonObject {
  if (effort === "none") return { type: "disabled" };
  const room = outputLimit === undefined ? Infinity : Math.max(1, Math.floor(outputLimit / 2));
  const budget = Math.min(BUDGETS[effort], room);
  return budget === Infinity ? { type: "enabled" } : { type: "enabled", token_budget: budget };
}

/** The least effort whose budget holds this one. */
export const effortOfBudget = (budget = Infinity): ReasoningEffort => EFFORTS.find((effort) => BUDGETS[effort] >= budget) ?? "max";
