import type { ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import type { ErrorKind } from "#model/error.ts";
import { cutPieces, malformedPiece, type Piece } from "#simulator/pieces.ts";
import { replyEvents } from "#simulator/reply-events.ts";
import type { Fault, Pace, Step } from "#simulator/scenario.ts";
import type { Scene } from "#simulator/script.ts";
import type { Wire, WireQuestion } from "#wires/wire.ts";

/** Everything that one answer needs. `wrote` is called for each piece that went out; `signal` ends the answer. */
export type Performance = {
  readonly step: Step;
  readonly scene: Scene;
  readonly wire: Wire;
  readonly question: WireQuestion;
  readonly response: ServerResponse;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly wrote: () => void;
};

/** Plays one step to its end. Throws the signal's reason when it is aborted first. */
export async function playStep(performance: Performance): Promise<void> {
  const { step, wire, question, response } = performance;
  const { pace = {}, fault = {} } = step;
  await pause(pace.headers_ms, performance);
  if (fault.close_before_headers === true) {
    response.destroy();
    return;
  }
  if (fault.body !== undefined || (fault.status ?? 200) >= 400) {
    await sendPlain(performance, fault);
    return;
  }
  const encoder = wire.encodeEvents(question);
  response.writeHead(fault.status ?? 200, { "content-type": fault.content_type ?? encoder.contentType, ...fault.headers });
  response.flushHeaders();
  await pause(pace.first_ms, performance);
  await sendPieces(performance, piecesOf(performance));
}

async function pause(delayMs: number | undefined, { clock, signal }: Performance): Promise<void> {
  if (delayMs !== undefined && delayMs > 0) await clock.sleep(delayMs, signal);
}

/** An answer that is not the model's: an error, or whatever body the fault names. */
async function sendPlain({ wire, response, signal, wrote }: Performance, fault: Fault): Promise<void> {
  const status = fault.status ?? 200;
  const error = new ModelError(kindOf(status), `simulated failure with status ${status}`, { status });
  const encoded = wire.encodeError(error);
  const body = fault.body === undefined ? encoded.body : asText(fault.body);
  const type = typeof fault.body === "string" ? "text/plain; charset=utf-8" : "application/json";
  const own = fault.body === undefined ? encoded.headers : {};
  response.writeHead(status, { "content-type": fault.content_type ?? type, ...own, ...fault.headers });
  await write(response, body, signal);
  wrote();
  response.end();
}

const asText = (body: unknown): string => (typeof body === "string" ? body : JSON.stringify(body));

const kindOf = (status: number): ErrorKind => ERROR_KINDS[status] ?? (status >= 500 ? "server" : "bad-request");

const ERROR_KINDS: Readonly<Record<number, ErrorKind>> = {
  401: "auth",
  402: "quota",
  403: "permission",
  404: "model-not-found",
  413: "context-overflow",
  429: "rate-limit",
  503: "overloaded",
  529: "overloaded",
};

/** The answer's bytes, with a broken piece among them where the fault wants one. */
function piecesOf({ step, scene, wire, question }: Performance): readonly Piece[] {
  const encoder = wire.encodeEvents(question);
  const chunkChars = step.pace?.chunk_chars ?? CHUNK_CHARS;
  const events = replyEvents(step.reply ?? {}, { scene, request: question.request, chunkChars });
  const written = [...events.map((event) => encoder.push(event)), encoder.end()];
  const pieces = cutPieces(written, encoder.contentType, question.stream);
  const at = step.fault?.malformed_after;
  return at === undefined ? pieces : [...pieces.slice(0, at), malformedPiece(encoder.contentType), ...pieces.slice(at)];
}

const CHUNK_CHARS = 12;

async function sendPieces(performance: Performance, pieces: readonly Piece[]): Promise<void> {
  const { step, response, signal, clock } = performance;
  const { pace = {}, fault = {} } = step;
  const ending = endingOf(fault, pieces.length);
  for (const [index, piece] of pieces.slice(0, ending.after).entries()) {
    if (index > 0) await breathe(pace, performance);
    await write(response, piece, signal);
    performance.wrote();
  }
  switch (ending.how) {
    case "end":
      response.end();
      return;
    case "cut":
      response.destroy();
      return;
    case "stall":
      await clock.sleep(STALL_MS, signal);
      response.destroy();
  }
}

/** A client that waits this long waits for ever. */
const STALL_MS = 600_000;

/** Without a pace, a turn of the event loop still sends each piece on its own. */
const breathe = (pace: Pace, performance: Performance): Promise<void> =>
  (pace.between_ms ?? 0) > 0 ? pause(pace.between_ms, performance) : nextTurn();

type Ending = { readonly after: number; readonly how: "end" | "cut" | "stall" };

function endingOf(fault: Fault, total: number): Ending {
  if (fault.cut_after !== undefined) return { after: fault.cut_after, how: "cut" };
  if (fault.stall_after !== undefined) return { after: fault.stall_after, how: "stall" };
  if (fault.end_after !== undefined) return { after: fault.end_after, how: "end" };
  return { after: fault.no_done === true ? total - 1 : total, how: "end" };
}

/** Resolves when the piece has left this process, so that a cut after it does not take it along. */
function write(response: ServerResponse, piece: Piece, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener("abort", stop, { once: true });
    response.write(piece, () => {
      signal.removeEventListener("abort", stop);
      resolve();
    });
  });
}
