import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "#base/clock.ts";
import { parseJson } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import { listedModels, modelList, modelPage, OLLAMA_VERSION, ollamaShow, ollamaTags } from "#simulator/listings.ts";
import type { Page } from "#simulator/listings.ts";
import { playStep } from "#simulator/play.ts";
import { BodyTooLarge, readBody } from "#simulator/read-body.ts";
import type { Scenario } from "#simulator/scenario.ts";
import { sceneOf } from "#simulator/script.ts";
import type { Script } from "#simulator/script.ts";
import { loadWire } from "#wires/wire.ts";
import type { EncodedError, Wire, WireName, WireQuestion } from "#wires/wire.ts";

/** What all requests of one simulator share. */
export type House = {
  readonly scenario: Scenario;
  readonly script: Script;
  readonly clock: Clock;
  /** The number of the next chat request, from 0. */
  nextRequest(): number;
};

/** One request on its way. The `note…` members tell the record what became known. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborted when the client leaves or the simulator closes. */
  readonly signal: AbortSignal;
  noteBody(body: unknown): void;
  noteQuestion(wire: WireName, question: WireQuestion): void;
  noteStep(index: number): void;
  notePiece(): void;
};

/** `answered`: as scripted. `faulted`: as scripted, with a fault. `refused`: the simulator itself had no answer. */
export type Played = "answered" | "faulted" | "refused";

/** Answers one request. Throws the signal's reason where it was aborted. */
export async function answer(house: House, exchange: Exchange): Promise<Played> {
  const { method = "GET", url = "/" } = exchange.request;
  const path = url.split("?", 1)[0] ?? "/";
  const chat = CHAT_PATHS[path];
  if (chat !== undefined) {
    return method === "POST" ? answerChat(house, exchange, await loadWire(chat)) : sendPage(exchange, methodPage(method, path, "POST"));
  }
  if (path === "/api/show" && method === "POST") return answerShow(house, exchange);
  const reads = method === "GET" || method === "HEAD";
  if (path === "/" && reads) return sendText(exchange, "Ollama is running");
  const page = listingAt(path, listedModels(house.scenario), exchange.request);
  if (page === undefined) return sendPage(exchange, notFound(method, path));
  return sendPage(exchange, reads ? page : methodPage(method, path, "GET"));
}

const CHAT_PATHS: Readonly<Record<string, WireName>> = {
  "/v1/chat/completions": "openai-chat",
  "/v1/messages": "anthropic-messages",
  "/api/chat": "ollama-chat",
};

async function answerChat(house: House, exchange: Exchange, wire: Wire): Promise<Played> {
  let question: WireQuestion;
  try {
    question = wire.decodeRequest(await jsonBody(exchange));
  } catch (error) {
    if (error instanceof BodyTooLarge) return sendError(exchange, wire.encodeError(new ModelError("bad-request", error.message)), 413);
    if (error instanceof ModelError) return sendError(exchange, wire.encodeError(error));
    throw error;
  }
  exchange.noteQuestion(wire.name, question);
  const scene = sceneOf(question, wire.name, house.nextRequest());
  const found = house.script.take(scene);
  if (found === undefined) return sendError(exchange, wire.encodeError(new ModelError("server", house.script.explain(scene))), 500);
  exchange.noteStep(found.index);
  const { response, signal } = exchange;
  await playStep({ ...found, scene, wire, question, response, signal, clock: house.clock, wrote: () => exchange.notePiece() });
  return found.step.fault === undefined ? "answered" : "faulted";
}

async function jsonBody(exchange: Exchange): Promise<unknown> {
  const text = await readBody(exchange.request);
  const body = parseJson(text);
  exchange.noteBody(body ?? text);
  if (body === undefined) throw new ModelError("bad-request", "the request body is not JSON");
  return body;
}

async function answerShow(house: House, exchange: Exchange): Promise<Played> {
  try {
    return sendPage(exchange, ollamaShow(listedModels(house.scenario), await jsonBody(exchange)));
  } catch (error) {
    if (error instanceof BodyTooLarge) return sendPage(exchange, { status: 413, body: { error: error.message } });
    if (error instanceof ModelError) return sendPage(exchange, { status: 400, body: { error: error.message } });
    throw error;
  }
}

function listingAt(path: string, models: ReturnType<typeof listedModels>, { headers }: IncomingMessage): Page | undefined {
  switch (path) {
    case "/v1/models":
      return modelList(models, headers);
    case "/api/tags":
      return ollamaTags(models);
    case "/api/version":
      return OLLAMA_VERSION;
    default:
      return path.startsWith("/v1/models/") ? modelPage(models, decoded(path.slice("/v1/models/".length)), headers) : undefined;
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const notFound = (method: string, path: string): Page => ({
  status: 404,
  body: {
    error: {
      type: "not_found_error",
      message: `the simulator has no ${method} ${path}; chats go to POST ${Object.keys(CHAT_PATHS).join(", ")}`,
    },
  },
});

const methodPage = (method: string, path: string, wanted: string): Page => ({
  status: 405,
  body: { error: { type: "invalid_request_error", message: `${path} takes ${wanted}, not ${method}` } },
});

function sendPage({ response }: Exchange, { status, body }: Page): Played {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  return status < 400 ? "answered" : "refused";
}

function sendText({ response }: Exchange, text: string): Played {
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8" }).end(text);
  return "answered";
}

function sendError({ response }: Exchange, { status: ofKind, body }: EncodedError, status = ofKind): Played {
  // Part of a body over the limit may still be on its way: the connection cannot carry another request.
  const headers = { "content-type": "application/json", ...(status === 413 ? { connection: "close" } : {}) };
  response.writeHead(status, headers).end(body);
  return "refused";
}
