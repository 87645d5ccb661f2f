import { ModelError } from "#model/error.ts";
import type { ErrorKind } from "#model/error.ts";
import type { FinishReason } from "#model/event.ts";

/** What came with the finish reason. */
type Came = { readonly empty: boolean; readonly calls: boolean; readonly refused: boolean };

/**
 * What a server's finish reason means; where it gave none, what came tells. Throws `ModelError` for a reason that is a failure where
 * nothing else came, so that the request can be tried elsewhere.
 */
export function finishOf(said: string | undefined, { empty, calls, refused }: Came): FinishReason {
  const name = (said ?? "stop").toLowerCase();
  const { reason, failure } = REASONS.get(name) ?? { reason: "other", failure: undefined };
  if (failure !== undefined && empty)
    throw new ModelError(failure, `the model answered nothing: finish reason ${name.slice(0, 80)}`, { code: name });
  if (reason === "stop" || reason === "tool-calls") return calls ? "tool-calls" : refused ? "content-filter" : "stop";
  return reason;
}

type Meaning = { readonly reason: FinishReason; readonly failure?: ErrorKind };

const REASONS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["stop", { reason: "stop" }],
  ["end", { reason: "stop" }],
  ["eos", { reason: "stop" }],
  ["eos_token", { reason: "stop" }],
  ["end_turn", { reason: "stop" }],
  ["stop_sequence", { reason: "stop" }],
  ["complete", { reason: "stop" }],
  ["tool_calls", { reason: "tool-calls" }],
  ["tool_call", { reason: "tool-calls" }],
  ["tool_use", { reason: "tool-calls" }],
  ["function_call", { reason: "tool-calls" }],
  ["length", { reason: "length" }],
  ["max_tokens", { reason: "length" }],
  ["max_output_tokens", { reason: "length" }],
  ["model_length", { reason: "length" }],
  ["model_context_window_exceeded", { reason: "length", failure: "context-overflow" }],
  ["content_filter", { reason: "content-filter" }],
  ["sensitive", { reason: "content-filter" }],
  ["safety", { reason: "content-filter" }],
  ["recitation", { reason: "content-filter" }],
  ["insufficient_system_resource", { reason: "error", failure: "overloaded" }],
  ["network_error", { reason: "error", failure: "server" }],
  ["error", { reason: "error", failure: "server" }],
]);
