import { AnswerFold, type Answer } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { Model } from "#model/model.ts";
import type { AssistantMessage } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import type { AgentEvent } from "#agent/events.ts";
import { RepeatWatch } from "#agent/circles.ts";

/** `cut`: stopped by us, at an abort or since the model repeated itself without end; `said` is the text until then. */
export type TurnResult =
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "cut"; readonly why: "aborted" | "repeats"; readonly said: AssistantMessage };

/** Asks the model once; passes on what it says and returns the whole. Throws `ModelError`. */
export async function* askModel(model: Model, request: ModelRequest, signal: AbortSignal): AsyncGenerator<AgentEvent, TurnResult> {
  const fold = new AnswerFold();
  const repeats = new RepeatWatch();
  try {
    for await (const event of model.stream(request, signal)) {
      fold.add(event);
      if (event.type === "text-delta" || event.type === "reasoning-delta") {
        yield { type: event.type, text: event.text };
        if (repeats.push(event.text)) return { kind: "cut", why: "repeats", said: textAlone(fold) };
      }
    }
  } catch (error) {
    if (signal.aborted) return { kind: "cut", why: "aborted", said: textAlone(fold) };
    throw error;
  }
  const answer = fold.finish();
  if (answer.reason === "content-filter") throw new ModelError("content-filter", "the provider's content filter stopped the answer");
  if (answer.reason === "error") throw new ModelError("server", "the provider gave up in the middle of the answer");
  return { kind: "answer", answer: { ...answer, message: { ...answer.message, from: { provider: model.provider, model: model.id } } } };
}

/** Half a call must not be run later, and half a thought has no signature. */
const textAlone = (fold: AnswerFold): AssistantMessage => ({
  role: "assistant",
  content: fold.message().content.filter(({ type }) => type === "text"),
});
