import type { ReasoningEffort } from "#model/request.ts";

/**
 * Where a provider differs from its wire's standard. Each member answers one closed question; absent means the standard. Rows set them, only
 * `wires/` reads them.
 */
export type Quirks = {
  /** Name of the output limit in openai-chat. Standard: `max_tokens`. */
  readonly maxTokensField?: "max_completion_tokens";
  /** Sent where a request names no output limit and the wire needs one. */
  readonly defaultMaxTokens?: number;
  /** Whether `stream_options: { include_usage: true }` is sent. Standard: yes. */
  readonly streamUsage?: "omit";
  /** `drop`: never sent. A number: the smallest that is accepted, sent in place of anything below. */
  readonly temperature?: "drop" | number;
  /** How openai-chat asks for reasoning. Standard: `reasoning_effort`. */
  readonly reasoningRequest?:
    | "reasoning-object" // reasoning: { effort }
    | "thinking-type" // thinking: { type: "enabled" | "disabled" }
    | "enable-thinking" // enable_thinking: boolean
    | "omit";
  /** Efforts the provider knows; others are mapped to the nearest one. Standard: all. */
  readonly reasoningEfforts?: readonly ReasoningEffort[];
  /** How the model's own reasoning goes back to it in openai-chat. Standard: it is left out. */
  readonly reasoningEcho?: "reasoning_content" | "reasoning" | "reasoning_details";
  /** Form of tool call ids that the provider accepts. Standard: any. */
  readonly toolIds?: "alnum-9";
  /** Whether `parallel_tool_calls` may be sent. Standard: yes. */
  readonly parallelToolCalls?: "drop";
  /** Whether cache marks are sent in openai-chat: for no model (standard), or for those whose id starts so. */
  readonly cacheMarks?: { readonly modelPrefix: string };
  /** `merge`: the provider takes no system message; it becomes the start of the first user message. `developer`: the role's newer name. */
  readonly system?: "merge" | "developer";
};
