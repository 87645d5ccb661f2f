import { asNumber, asObject, type JsonObject } from "#base/json.ts";
import type { Usage } from "#model/usage.ts";

const FIELDS = [
  "promptTokenCount",
  "toolUsePromptTokenCount",
  "cachedContentTokenCount",
  "candidatesTokenCount",
  "thoughtsTokenCount",
  "totalTokenCount",
] as const;

/** Gathers the counts of one answer. They are cumulative: a later one wins, and one that is left out later stays. */
export class UsageCounter {
  readonly #counts = new Map<(typeof FIELDS)[number], number>();

  add(value: unknown): void {
    const usage = asObject(value) ?? {};
    for (const field of FIELDS) {
      const count = asNumber(usage[field]);
      if (count !== undefined) this.#counts.set(field, count);
    }
  }

  /**
   * The prompt count holds the cached tokens; results of the provider's own tools and thoughts are counted beside prompt and candidates.
   */
  total(): Usage {
    const get = (field: (typeof FIELDS)[number]): number | null => this.#counts.get(field) ?? null;
    const prompt = get("promptTokenCount");
    const inputTokens = prompt === null ? null : prompt + (get("toolUsePromptTokenCount") ?? 0);
    const candidates = get("candidatesTokenCount");
    const reasoningTokens = get("thoughtsTokenCount");
    const total = get("totalTokenCount");
    // A count of zero is left out; the total then still tells that all of it was prompt.
    const rest = total === null || inputTokens === null ? null : Math.max(0, total - inputTokens);
    return {
      inputTokens,
      outputTokens: candidates === null ? rest : candidates + (reasoningTokens ?? 0),
      cacheReadTokens: get("cachedContentTokenCount"),
      cacheWriteTokens: null,
      reasoningTokens,
    };
  }
}

/** `usageMetadata`; counts that nobody knows are left out. */
export function encodeUsage({ inputTokens, outputTokens, cacheReadTokens, reasoningTokens }: Usage): JsonObject {
  return {
    ...(inputTokens === null ? {} : { promptTokenCount: inputTokens }),
    ...(cacheReadTokens === null ? {} : { cachedContentTokenCount: cacheReadTokens }),
    ...(outputTokens === null ? {} : { candidatesTokenCount: Math.max(0, outputTokens - (reasoningTokens ?? 0)) }),
    ...(reasoningTokens === null ? {} : { thoughtsTokenCount: reasoningTokens }),
    ...(inputTokens === null || outputTokens === null ? {} : { totalTokenCount: inputTokens + outputTokens }),
  };
}
