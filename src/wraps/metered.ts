import type { Clock } from "#base/clock.ts";
import { ModelError, type ErrorKind } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import type { Model, Wrap } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import { costUsd, UNKNOWN_USAGE, type Usage } from "#model/usage.ts";

/** One request to one target, also a failed or a cancelled one. `key`: the name of the key, never the key. Times in ms. */
export type Attempt = {
  readonly at: number;
  readonly provider: string;
  readonly model: string;
  /** The model that the provider says it served. */
  readonly servedModel: string | null;
  readonly key: string | null;
  readonly outcome: "ok" | ErrorKind;
  /** How long the provider asks to wait; `null`: it said nothing. */
  readonly retryAfterMs: number | null;
  readonly usage: Usage;
  /** `null`: not known. */
  readonly costUsd: number | null;
  /** `null`: nothing was said. */
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
};

export type Meter = {
  readonly key: string | null;
  readonly clock: Clock;
  readonly record: (attempt: Attempt) => void;
};

/** Records every attempt when it ends, however it ends. Stands innermost, so that each attempt is charged to the target that made it. */
export const metered =
  (meter: Meter): Wrap =>
  (model) => ({
    ...model,
    stream: (request, signal) => meterStream({ ...meter, model }, request, signal),
  });

async function* meterStream(
  { model, key, clock, record }: Meter & { readonly model: Model },
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const at = clock.now();
  let servedModel: string | null = null;
  let firstTokenMs: number | null = null;
  let usage = UNKNOWN_USAGE;
  let reported: number | undefined;
  // Whoever leaves the loop early has cancelled; that runs neither the end of the try nor the catch.
  let outcome: Attempt["outcome"] = "aborted";
  let retryAfterMs: number | null = null;
  try {
    for await (const event of model.stream(request, signal)) {
      if (event.type === "start") servedModel = event.model;
      else firstTokenMs ??= clock.now() - at;
      if (event.type === "finish") {
        usage = event.usage;
        reported = event.costUsd;
        outcome = "ok";
      }
      yield event;
    }
  } catch (error) {
    outcome = error instanceof ModelError ? error.kind : "bad-response";
    if (error instanceof ModelError) retryAfterMs = error.details.retryAfterMs ?? null;
    throw error;
  } finally {
    const { provider, id, facts } = model;
    const cost = reported ?? costUsd(usage, facts.price);
    const totalMs = clock.now() - at;
    record({ at, provider, model: id, servedModel, key, outcome, retryAfterMs, usage, costUsd: cost, firstTokenMs, totalMs });
  }
}
