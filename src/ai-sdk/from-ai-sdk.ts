import { systemClock, type Clock } from "#base/clock.ts";
import { ModelError, type ErrorKind } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import type { ModelId, ProviderId } from "#model/ids.ts";
import type { Model, ModelFacts } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import { DEFAULT_LIMITS, type RequestLimits } from "#wires/http-model.ts";
import { toModelError } from "#ai-sdk/call-error.ts";
import { PartReader } from "#ai-sdk/read-parts.ts";
import { toCallOptions } from "#ai-sdk/to-call-options.ts";
import type { LanguageModelV4, V4StreamPart } from "#ai-sdk/v4.ts";

export type AiSdkOptions = {
  readonly languageModel: LanguageModelV4;
  readonly provider: ProviderId;
  readonly model: ModelId;
  readonly facts: ModelFacts;
  /** Masked in every error. */
  readonly secrets?: readonly string[];
  /** In ms; `connectMs` is left to the package. */
  readonly limits?: RequestLimits;
  readonly clock?: Clock;
  /** Told, one line each, what the package leaves out of a request. */
  readonly warn?: (message: string) => void;
};

/** A model of the AI SDK as one of ours: one call an answer, no retry. What its blocks carry is of the wire `ai-sdk:<provider>`. */
export const aiSdkModel = (options: AiSdkOptions): Model => ({
  provider: options.provider,
  id: options.model,
  facts: options.facts,
  stream: (request, signal) => streamAnswer(options, request, signal),
});

async function* streamAnswer(options: AiSdkOptions, request: ModelRequest, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const { languageModel, provider, model, secrets = [], limits = DEFAULT_LIMITS, clock = systemClock, warn } = options;
  const speaker = { provider, model };
  const watch = new Watch(limits, signal);
  const reader = new PartReader({ speaker, warn });
  let parts: ReadableStreamDefaultReader<V4StreamPart> | undefined;
  try {
    signal.throwIfAborted();
    const call = toCallOptions(request, speaker, watch.signal);
    parts = (await watch.during(languageModel.doStream(call))).stream.getReader();
    while (!reader.done) {
      const { done, value } = await watch.during(parts.read());
      if (done) throw new ModelError("interrupted", "the answer ended without its end mark");
      if (value.type === "error") throw value.error;
      for (const event of reader.push(value)) {
        if (event.type !== "start") watch.heard();
        yield event;
      }
    }
  } catch (cause) {
    const failure = signal.aborted ? new ModelError("aborted", "stopped on request", { cause }) : (watch.expired ?? cause);
    throw toModelError(failure, { speaker, now: clock.now(), secrets });
  } finally {
    // A stream that failed cannot be cancelled, and one that hangs is not waited for.
    parts?.cancel().catch(() => undefined);
    watch.stop();
  }
}

/** Ends a call that is aborted, or that keeps silent for longer than allowed, also where the package does not heed the signal. */
class Watch {
  readonly #stop = new AbortController();
  readonly #limits: RequestLimits;
  readonly #silent: NodeJS.Timeout;
  readonly #total: NodeJS.Timeout;
  readonly #aborted: Promise<never>;
  #spoke = false;
  #expired: ModelError | undefined;
  /** Aborted when the call is over, however it ended. */
  readonly signal: AbortSignal;

  constructor(limits: RequestLimits, outer: AbortSignal) {
    this.#limits = limits;
    this.signal = AbortSignal.any([outer, this.#stop.signal]);
    const { promise, reject } = Promise.withResolvers<never>();
    this.#aborted = promise;
    // Nobody may be waiting when it happens.
    promise.catch(() => undefined);
    this.signal.addEventListener("abort", () => reject(this.signal.reason), { once: true });
    this.#silent = this.#timer("timeout-first-token", "stayed silent", limits.firstTokenMs);
    this.#total = this.#timer("timeout-total", "did not finish", limits.totalMs);
  }

  /** The limit that ended the call. */
  get expired(): ModelError | undefined {
    return this.#expired;
  }

  /** The idle limit counts only here: whoever reads the events may take their time. */
  async during<Value>(pending: PromiseLike<Value>): Promise<Value> {
    const idle = this.#spoke ? this.#timer("timeout-idle", "said nothing more", this.#limits.idleMs) : undefined;
    try {
      return await Promise.race([pending, this.#aborted]);
    } finally {
      clearTimeout(idle);
    }
  }

  /** The model said something. */
  heard(): void {
    clearTimeout(this.#silent);
    this.#spoke = true;
  }

  stop(): void {
    clearTimeout(this.#silent);
    clearTimeout(this.#total);
    this.#stop.abort();
  }

  #timer(kind: ErrorKind, what: string, delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.#expired = new ModelError(kind, `the model ${what} within ${delayMs / 1000} s`);
      this.#stop.abort(this.#expired);
    }, delayMs);
  }
}
