import { collect } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import type { Model } from "#model/model.ts";
import { asCallError } from "#ai-sdk/thrown-error.ts";
import { toRequest } from "#ai-sdk/to-request.ts";
import type { LanguageModelV4, V4CallOptions, V4GenerateResult, V4StreamPart, V4Warning } from "#ai-sdk/v4.ts";
import { contentOf, finishOf, PartWriter } from "#ai-sdk/write-parts.ts";

/**
 * Any model as one of the AI SDK (specification `v4`, AI SDK 7): `streamText({ model: languageModel(model), … })`. Needs no package of the
 * AI SDK. Options of its own stand under `providerOptions.factory`: `conversation`, `parallelToolCalls`. Failures are thrown as
 * `APICallError` of the AI SDK, with the `ModelError` as their cause. Where the model retries by itself, set `maxRetries: 0`.
 */
export const languageModel = (model: Model): LanguageModelV4 => ({
  specificationVersion: "v4",
  provider: `factory.${model.provider}`,
  modelId: model.id,
  // Whoever calls loads what a URL names: the vocabulary has only bytes.
  supportedUrls: {},
  doGenerate: (options) => generate(model, options),
  doStream: (options) => openStream(model, options),
});

async function generate(model: Model, options: V4CallOptions): Promise<V4GenerateResult> {
  try {
    const { request, warnings } = toRequest(options);
    const answer = await collect(model.stream(request, options.abortSignal ?? new AbortController().signal));
    const author = { provider: model.provider, model: model.id };
    return { content: contentOf(author, answer.message), ...finishOf(answer), response: { modelId: answer.model }, warnings };
  } catch (error) {
    throw asCallError(error, options.abortSignal);
  }
}

/** Waits for the first event, so that a refused request is thrown and can be asked again. */
async function openStream(model: Model, options: V4CallOptions): Promise<{ readonly stream: ReadableStream<V4StreamPart> }> {
  const left = new AbortController();
  const signal = options.abortSignal === undefined ? left.signal : AbortSignal.any([left.signal, options.abortSignal]);
  try {
    const { request, warnings } = toRequest(options);
    const events = model.stream(request, signal)[Symbol.asyncIterator]();
    const first = await events.next();
    const rest = parts({ model, warnings, first, events, signal: options.abortSignal });
    return {
      stream: new ReadableStream<V4StreamPart>({
        async pull(controller) {
          const { done, value } = await rest.next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        // A pull may be waiting for the model; the abort ends it, and the return ends the model's own loop after that.
        cancel(reason) {
          left.abort(reason);
          rest.return(undefined).catch(() => undefined);
        },
      }),
    };
  } catch (error) {
    throw asCallError(error, options.abortSignal);
  }
}

type Answering = {
  readonly model: Model;
  readonly warnings: V4Warning[];
  readonly first: IteratorResult<StreamEvent>;
  readonly events: AsyncIterator<StreamEvent>;
  readonly signal: AbortSignal | undefined;
};

async function* parts({ model, warnings, first, events, signal }: Answering): AsyncGenerator<V4StreamPart> {
  const writer = new PartWriter({ provider: model.provider, model: model.id });
  try {
    yield { type: "stream-start", warnings };
    let finished = false;
    for (let next = first; next.done !== true; next = await events.next()) {
      finished ||= next.value.type === "finish";
      yield* writer.write(next.value);
    }
    if (!finished) throw new ModelError("interrupted", "the answer ended without its end mark");
  } catch (error) {
    yield { type: "error", error: asCallError(error, signal) };
  } finally {
    await events.return?.();
  }
}
