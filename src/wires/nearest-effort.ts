import type { ReasoningEffort } from "#model/request.ts";

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The known effort that is the fewest steps away; of two, the lower one. Where none is known, what was asked for. */
export function nearestEffort(asked: ReasoningEffort, known: readonly ReasoningEffort[] | undefined): ReasoningEffort {
  const steps = (effort: ReasoningEffort) => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(asked));
  const ranked = EFFORTS.filter((effort) => known?.includes(effort)).toSorted((left, right) => steps(left) - steps(right));
  return ranked[0] ?? asked;
}
