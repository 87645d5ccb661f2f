import type { FinishReason } from "#model/event.ts";

/** What the protocol's `stopReason` means; one that is not listed is `other`. */
export const toFinishReason = (stopReason: string): FinishReason => REASONS.get(stopReason) ?? "other";

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool-calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["guardrail_intervened", "content-filter"],
  ["content_filtered", "content-filter"],
  ["malformed_model_output", "error"],
  ["malformed_tool_use", "error"],
]);

export const STOP_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  "tool-calls": "tool_use",
  length: "max_tokens",
  "content-filter": "content_filtered",
  error: "malformed_model_output",
  // The protocol has no word for it, and clients stop at one that they do not know.
  other: "end_turn",
};
