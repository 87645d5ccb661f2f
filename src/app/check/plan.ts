import type { ModelRequest } from "#model/request.ts";
import { costUsd, UNKNOWN_USAGE, type Price } from "#model/usage.ts";
import { PROBES } from "#app/check/probes.ts";
import { checkRequests } from "#app/check/requests.ts";

/** What a check will do at most: requests to the model, and USD (`null`: the price is unknown). */
export type Plan = { readonly requests: number; readonly costUsd: number | null };

/** Counts every answer as long as its limit allows, so that the real cost is nearly always below. */
export function planCheck(price: Price | null, outputTokens: number): Plan {
  const all = checkRequests();
  const names = new Set(Object.values(PROBES).flatMap(({ sends }) => sends));
  const costs = [...names].map((name) => costOf(all[name], { price, outputTokens }));
  return {
    requests: names.size,
    costUsd: costs.reduce((sum: number | null, cost) => (sum === null || cost === null ? null : sum + cost), 0),
  };
}

/** Characters of JSON in a token, about; it rather counts too many tokens. */
const CHARACTERS_A_TOKEN = 4;

function costOf(
  request: ModelRequest,
  { price, outputTokens }: { readonly price: Price | null; readonly outputTokens: number },
): number | null {
  const inputTokens = Math.ceil(JSON.stringify(request).length / CHARACTERS_A_TOKEN);
  return costUsd({ ...UNKNOWN_USAGE, inputTokens, outputTokens: request.maxOutputTokens ?? outputTokens }, price);
}
