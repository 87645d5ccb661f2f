import type { ModelError } from "#model/error.ts";
import type { Bench } from "#app/check/bench.ts";
import type { RequestName } from "#app/check/requests.ts";

/** In the order in which they are asked. */
export const PROBE_IDS = [
  "key",
  "models",
  "answer",
  "streaming",
  "usage",
  "tool-call",
  "parallel-calls",
  "tool-result",
  "tool-choice",
  "json-schema",
  "image",
  "reasoning",
  "cached-prefix",
  "error-shapes",
  "cancel",
] as const;
export type ProbeId = (typeof PROBE_IDS)[number];

/** `not-told`: it does not apply here, or the answers do not show it. */
export type Outcome = "works" | "fails" | "not-told";

/** `evidence`: what was seen, in a few words. `error`: the failure that it was judged by. */
export type Verdict = { readonly outcome: Outcome; readonly evidence: string; readonly error?: ModelError };

/** One thing to find out about an endpoint. */
export type Probe = {
  /** What is asked, in at most 26 characters. */
  readonly question: string;
  /** The requests that it may need; one that several probes name is sent once. */
  readonly sends: readonly RequestName[];
  /** A `ModelError` that it throws is a failure of the probe. */
  judge(bench: Bench): Promise<Verdict>;
};

export type ProbeResult = Verdict & { readonly id: ProbeId; readonly ms: number };

export const works = (evidence: string): Verdict => ({ outcome: "works", evidence });
export const fails = (evidence: string): Verdict => ({ outcome: "fails", evidence });
export const notTold = (evidence: string): Verdict => ({ outcome: "not-told", evidence });
