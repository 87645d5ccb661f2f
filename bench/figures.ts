import type { Goal, Line } from "#bench/bench.ts";

export const TITLES = ["what", "median", "min–max", "ratio", "goal"] as const;

/** The cells of a line under `TITLES`. */
export function cellsOf({ what, unit, samples, base, goal }: Line): readonly string[] {
  if (samples.length === 0) return [what, "not measured", "", "", ""];
  const middle = median(samples);
  const ratio = base === undefined ? undefined : middle / median(base);
  const range = samples.length === 1 ? "" : `${figure(Math.min(...samples))}–${figure(Math.max(...samples))}`;
  return [
    what,
    `${figure(middle)} ${unit}`,
    range,
    ratio === undefined ? "" : `${figure(ratio)} ×`,
    goalCell(goal, { middle, ratio, unit }),
  ];
}

/** The middle sample; the mean of the middle two where their number is even. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2;
}

/** Three significant digits: more would be noise. */
const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

type Measured = { readonly middle: number; readonly ratio: number | undefined; readonly unit: string };

function goalCell(goal: Goal | undefined, { middle, ratio, unit }: Measured): string {
  if (goal === undefined) return "";
  const value = goal.of === "median" ? middle : ratio;
  if (value === undefined) return "";
  const [sign, limit, met] = "atMost" in goal ? ["≤", goal.atMost, value <= goal.atMost] : ["≥", goal.atLeast, value >= goal.atLeast];
  return `${sign} ${limit} ${goal.of === "median" ? unit : "×"}: ${met ? "met" : "MISSED"}`;
}
