import { asArray, asNumber, asObject } from "#base/json.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import type { Usage } from "#model/usage.ts";

type Spent = { readonly usage: Usage; readonly costUsd: number | undefined };

export const NOTHING_SPENT: Spent = { usage: UNKNOWN_USAGE, costUsd: undefined };

/**
 * What a chunk or a whole answer says was used, laid over what was known: counts are cumulative, so the later one wins, and what it
 * leaves out stays. Read are `usage`, `choices[0].usage`, `x_groq.usage`, and the `timings` of llama.cpp where there is nothing better.
 */
export function readUsage(payload: Readonly<Record<string, unknown>>, known: Spent): Spent {
  const raw = asObject(payload["usage"]) ?? choiceUsage(payload) ?? asObject(asObject(payload["x_groq"])?.["usage"]);
  const timings = asObject(payload["timings"]);
  if (raw === undefined && timings === undefined) return known;
  const said = raw === undefined ? UNKNOWN_USAGE : countsOf(raw);
  const timed = timings === undefined ? UNKNOWN_USAGE : countsOfTimings(timings);
  return {
    usage: overlay(said, overlay(known.usage, timed)),
    costUsd: (raw === undefined ? undefined : costOf(raw)) ?? known.costUsd,
  };
}

const choiceUsage = (payload: Readonly<Record<string, unknown>>) => asObject(asObject(asArray(payload["choices"])?.[0])?.["usage"]);

function countsOf(raw: Readonly<Record<string, unknown>>): Usage {
  const input = asObject(raw["prompt_tokens_details"]) ?? asObject(raw["input_tokens_details"]) ?? {};
  const output = asObject(raw["completion_tokens_details"]) ?? asObject(raw["output_tokens_details"]) ?? {};
  const inputTokens = count(raw, ["prompt_tokens", "input_tokens"]);
  const reasoningTokens = count(output, ["reasoning_tokens"]) ?? count(raw, ["reasoning_tokens"]);
  const shown = count(raw, ["completion_tokens", "output_tokens"]);
  return {
    inputTokens,
    outputTokens: outputOf({ inputTokens, shown, reasoningTokens, total: count(raw, ["total_tokens"]) }),
    cacheReadTokens: count(input, ["cached_tokens"]) ?? count(raw, ["prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens"]),
    cacheWriteTokens:
      count(input, ["cache_write_tokens", "cache_creation_tokens", "cache_creation_input_tokens"]) ??
      count(raw, ["cache_creation_input_tokens"]),
    reasoningTokens,
  };
}

type OutputCounts = {
  readonly inputTokens: number | null;
  readonly shown: number | null;
  readonly reasoningTokens: number | null;
  readonly total: number | null;
};

/** Some servers (xAI) leave reasoning out of the completion and only count it in the total: it is put back. */
function outputOf({ inputTokens, shown, reasoningTokens, total }: OutputCounts): number | null {
  if (shown === null || reasoningTokens === null || inputTokens === null) return shown;
  return inputTokens + shown + reasoningTokens === total ? shown + reasoningTokens : shown;
}

/** llama.cpp counts in `prompt_n` only what its cache did not have. */
function countsOfTimings(timings: Readonly<Record<string, unknown>>): Usage {
  const fresh = count(timings, ["prompt_n"]);
  const cached = count(timings, ["cache_n"]);
  return {
    ...UNKNOWN_USAGE,
    inputTokens: fresh === null ? null : fresh + (cached ?? 0),
    outputTokens: count(timings, ["predicted_n"]),
    cacheReadTokens: cached,
  };
}

/** USD: `cost` (OpenRouter), `cost.total_cost` (Perplexity), `cost_in_usd_ticks` of 1e-10 USD (xAI). */
function costOf(raw: Readonly<Record<string, unknown>>): number | undefined {
  const ticks = asNumber(raw["cost_in_usd_ticks"]);
  return asNumber(raw["cost"]) ?? asNumber(asObject(raw["cost"])?.["total_cost"]) ?? (ticks === undefined ? undefined : ticks / 1e10);
}

function count(from: Readonly<Record<string, unknown>>, names: readonly string[]): number | null {
  for (const name of names) {
    const value = asNumber(from[name]);
    if (value !== undefined && value >= 0) return value;
  }
  return null;
}

const overlay = (over: Usage, under: Usage): Usage => ({
  inputTokens: over.inputTokens ?? under.inputTokens,
  outputTokens: over.outputTokens ?? under.outputTokens,
  cacheReadTokens: over.cacheReadTokens ?? under.cacheReadTokens,
  cacheWriteTokens: over.cacheWriteTokens ?? under.cacheWriteTokens,
  reasoningTokens: over.reasoningTokens ?? under.reasoningTokens,
});
