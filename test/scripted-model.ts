import { eventsOf } from "#model/events-of.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { modelId, providerId, toolCallId } from "#model/ids.ts";
import type { AssistantBlock } from "#model/message.ts";
import { UNKNOWN_FACTS, type Model, type ModelFacts } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE, type Usage } from "#model/usage.ts";

/** One answer of a scripted model: its blocks, or what it does instead. */
export type Answer =
  | { readonly blocks: readonly AssistantBlock[]; readonly reason?: FinishReason; readonly usage?: Partial<Usage> }
  | ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<StreamEvent>);

export type ScriptedModel = Model & { readonly requests: readonly ModelRequest[] };

/** A model that answers from a list and keeps what it was asked; the last answer comes again and again. */
export function scriptedModel(answers: readonly Answer[], facts: Partial<ModelFacts> = {}): ScriptedModel {
  const requests: ModelRequest[] = [];
  return {
    provider: providerId("scripted"),
    id: modelId("script"),
    facts: { ...UNKNOWN_FACTS, ...facts },
    requests,
    stream: async function* scripted(request, signal) {
      // The agent goes on adding to its list of messages.
      requests.push({ ...request, messages: [...request.messages] });
      const answer = answers[Math.min(requests.length, answers.length) - 1];
      if (answer === undefined) throw new Error("the script is empty");
      if (typeof answer === "function") {
        yield* answer(request, signal);
        return;
      }
      const { blocks, usage } = answer;
      const reason = answer.reason ?? (blocks.some(({ type }) => type === "tool-call") ? "tool-calls" : "stop");
      yield* eventsOf({ role: "assistant", content: blocks }, "script", { reason, usage: { ...UNKNOWN_USAGE, ...usage } });
    },
  };
}

export const text = (words: string): AssistantBlock => ({ type: "text", text: words });

let calls = 0;

/** A call with an id of its own. `args` as text is sent as it is. */
export const call = (name: string, args: unknown): AssistantBlock => ({
  type: "tool-call",
  id: toolCallId(`call-${(calls += 1)}`),
  name,
  json: typeof args === "string" ? args : JSON.stringify(args),
});
