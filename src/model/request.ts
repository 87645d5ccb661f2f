import type { JsonObject } from "#base/json.ts";
import type { Message, TextBlock } from "#model/message.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";

/** How hard the model shall think. Each wire maps it to what its models know. */
export type ReasoningEffort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

export type ResponseFormat =
  | { readonly type: "json" }
  | { readonly type: "json-schema"; readonly name: string; readonly schema: JsonObject; readonly strict?: boolean };

/** What a model is asked. Everything but `messages` is optional; what is absent is the provider's default. */
export type ModelRequest = {
  readonly system?: readonly TextBlock[];
  readonly messages: readonly Message[];
  readonly tools?: readonly ToolSpec[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly reasoning?: ReasoningEffort;
  readonly responseFormat?: ResponseFormat;
  /** Stays the same through a conversation: for prompt caches and session affinity. */
  readonly conversation?: string;
};
