import { ModelError } from "#model/error.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { eventsOf } from "#model/events-of.ts";
import { modelId, providerId } from "#model/ids.ts";
import type { AssistantBlock } from "#model/message.ts";
import { UNKNOWN_FACTS, type Model } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import type { Usage } from "#model/usage.ts";

/** What a scripted model says in one answer: its blocks, an error instead, or events as they are. */
export type Line = readonly AssistantBlock[] | ModelError | { readonly events: readonly StreamEvent[]; readonly failure?: ModelError };

/** A model for tests that says its lines one by one and keeps what it was asked. */
export function scriptedModel(...lines: readonly Line[]): Model & { readonly requests: readonly ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    provider: providerId("scripted"),
    id: modelId("script-1"),
    facts: UNKNOWN_FACTS,
    requests,
    async *stream(request) {
      const line = lines[requests.length];
      requests.push(request);
      if (line === undefined) throw new ModelError("server", "the script has no more lines");
      if (line instanceof ModelError) throw line;
      if ("events" in line) {
        yield* line.events;
        if (line.failure !== undefined) throw line.failure;
        return;
      }
      const reason: FinishReason = line.some(({ type }) => type === "tool-call") ? "tool-calls" : "stop";
      yield* eventsOf({ role: "assistant", content: line }, "script-1-served", { reason, usage: USAGE });
    },
  };
}

export const USAGE: Usage = { inputTokens: 100, outputTokens: 20, cacheReadTokens: 60, cacheWriteTokens: 10, reasoningTokens: 5 };
