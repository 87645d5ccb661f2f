import type { FinishReason } from "#model/event.ts";

/** Clients know no `other`: for them the model was done. */
export const FINISH_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  "tool-calls": "TOOL_CALL",
  "content-filter": "ERROR_TOXIC",
  error: "ERROR",
  other: "COMPLETE",
};

/** Without a reason, and where the model is said to be done, the calls tell. */
export function toFinishReason(reason: string | undefined, hasCalls: boolean): FinishReason {
  const known = reason === undefined ? "stop" : (KNOWN.get(reason.toUpperCase()) ?? "other");
  return known === "stop" && hasCalls ? "tool-calls" : known;
}

const KNOWN: ReadonlyMap<string, FinishReason> = new Map([
  ["COMPLETE", "stop"],
  ["STOP_SEQUENCE", "stop"],
  ["MAX_TOKENS", "length"],
  ["ERROR_LIMIT", "length"],
  ["TOOL_CALL", "tool-calls"],
  ["ERROR_TOXIC", "content-filter"],
  ["ERROR", "error"],
  ["TIMEOUT", "error"],
  ["USER_CANCEL", "other"],
]);
