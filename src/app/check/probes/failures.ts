import { ModelError, type ErrorKind } from "#model/error.ts";
import type { Bench } from "#app/check/bench.ts";
import { printFailure } from "#app/check/evidence.ts";
import { fails, notTold, works, type Probe } from "#app/check/probe.ts";
import type { RequestName } from "#app/check/requests.ts";

/** What must be refused, and the kinds that are right for it. */
const REFUSED = [
  { what: "unknown model", name: "unknownModel", kinds: ["model-not-found", "permission"] },
  { what: "bad request", name: "badRequest", kinds: ["bad-request", "unsupported-parameter"] },
] as const satisfies readonly { readonly what: string; readonly name: RequestName; readonly kinds: readonly ErrorKind[] }[];

export const errorShapes: Probe = {
  question: "errors told apart",
  sends: REFUSED.map(({ name }) => name),
  judge: async (bench) => {
    const seen: string[] = [];
    const outcomes: boolean[] = [];
    for (const { what, name, kinds } of REFUSED) {
      const error = await failureOf(bench, name);
      if (error === null) {
        seen.push(`${what} accepted`);
        continue;
      }
      const right = kinds.some((kind) => kind === error.kind);
      outcomes.push(right);
      seen.push(right ? `${error.details.status ?? ""} ${error.kind}`.trim() : `${what}: ${printFailure(error)}`);
    }
    const evidence = seen.join("; ");
    if (outcomes.length === 0) return notTold(evidence);
    return outcomes.every(Boolean) ? works(evidence) : fails(evidence);
  },
};

async function failureOf(bench: Bench, name: RequestName): Promise<ModelError | null> {
  try {
    await bench.ask(name);
    return null;
  } catch (error) {
    if (error instanceof ModelError && error.kind !== "aborted") return error;
    throw error;
  }
}

export const cancel: Probe = {
  question: "cancelling",
  sends: ["cancelled"],
  judge: async (bench) => {
    const stop = new AbortController();
    let stoppedAt = 0;
    try {
      const signal = AbortSignal.any([bench.limitedSignal(), stop.signal]);
      for await (const event of bench.model.stream(bench.limited(bench.requests.cancelled), signal)) {
        if (event.type === "start" || stop.signal.aborted) continue;
        stoppedAt = bench.clock.now();
        stop.abort(new Error("the check has seen enough"));
      }
    } catch (error) {
      if (!(error instanceof ModelError) || error.kind !== "aborted" || !stop.signal.aborted) throw error;
      return works(`connection closed ${bench.clock.now() - stoppedAt} ms after the stop`);
    }
    return notTold("the answer was whole before it could be stopped");
  },
};
