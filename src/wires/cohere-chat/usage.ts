import { asNumber, asObject, type JsonObject } from "#base/json.ts";
import { UNKNOWN_USAGE, type Usage } from "#model/usage.ts";

/**
 * `tokens` count all that the model read and wrote; `billed_units` leave out what Cohere adds to the prompt and stand in where `tokens` are
 * missing. `cached_tokens` are a part of the prompt.
 */
export function decodeUsage(value: unknown): Usage {
  const usage = asObject(value) ?? {};
  const tokens = asObject(usage["tokens"]);
  const billed = asObject(usage["billed_units"]);
  return {
    ...UNKNOWN_USAGE,
    inputTokens: count(tokens?.["input_tokens"]) ?? count(billed?.["input_tokens"]),
    outputTokens: count(tokens?.["output_tokens"]) ?? count(billed?.["output_tokens"]),
    cacheReadTokens: count(usage["cached_tokens"]),
  };
}

/** Counts that nobody knows are absent; billed units are the provider's own matter. */
export function encodeUsage({ inputTokens, outputTokens, cacheReadTokens }: Usage): JsonObject {
  const tokens = {
    ...(inputTokens === null ? {} : { input_tokens: inputTokens }),
    ...(outputTokens === null ? {} : { output_tokens: outputTokens }),
  };
  return { tokens, ...(cacheReadTokens === null ? {} : { cached_tokens: cacheReadTokens }) };
}

function count(value: unknown): number | null {
  const number = asNumber(value);
  return number === undefined || number < 0 ? null : number;
}
