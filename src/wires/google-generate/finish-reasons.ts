import type { FinishReason } from "#model/event.ts";

/** Calls end with `STOP` as well. */
export function toFinishReason(reason: string, called: boolean): FinishReason {
  const finish = REASONS.get(reason) ?? "other";
  return finish === "stop" && called ? "tool-calls" : finish;
}

/** The model failed at its own call: another try may succeed. */
export const FAILED_CALLS: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
]);

const REASONS: ReadonlyMap<string, FinishReason> = new Map<string, FinishReason>([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content-filter"],
  ["RECITATION", "content-filter"],
  ["BLOCKLIST", "content-filter"],
  ["PROHIBITED_CONTENT", "content-filter"],
  ["SPII", "content-filter"],
  ["IMAGE_SAFETY", "content-filter"],
  ["IMAGE_PROHIBITED_CONTENT", "content-filter"],
  ["IMAGE_RECITATION", "content-filter"],
  ["MISSING_THOUGHT_SIGNATURE", "error"],
  ...[...FAILED_CALLS].map((reason) => [reason, "error"] as const),
]);

export const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "STOP",
  "tool-calls": "STOP",
  length: "MAX_TOKENS",
  "content-filter": "SAFETY",
  error: "OTHER",
  other: "OTHER",
};
