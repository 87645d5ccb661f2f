import { collect } from "#model/collect.ts";
import type { StreamEvent } from "#model/event.ts";
import { eventsOf } from "#model/events-of.ts";
import type { AssistantBlock, Message } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { UNKNOWN_USAGE, type Usage } from "#model/usage.ts";
import type { Telling } from "#test/answer-features.ts";
import type { Piece } from "#test/request-features.ts";
import { loadWire } from "#wires/load-wire.ts";
import type { WireName } from "#wires/wire.ts";

/** The model of each wire that is asked: a current one, which knows most of what its protocol has a word for. */
const MODELS: Readonly<Record<WireName, string>> = {
  "openai-chat": "gpt-5.1",
  "openai-responses": "gpt-5.1",
  "anthropic-messages": "claude-opus-4-6",
  "google-generate": "gemini-3-flash-preview",
  "bedrock-converse": "us.anthropic.claude-opus-4-6-v1",
  "cohere-chat": "command-a-reasoning-08-2025",
  "ollama-chat": "qwen3:14b",
};

/** Large enough for every thinking budget, in tokens. */
const OUTPUT_LIMIT = 64_000;

/** One request of these pieces: their messages one behind the other and a last question, their tools once each. */
export function requestOf(pieces: readonly Piece[]): ModelRequest {
  const tools = new Map(pieces.flatMap((piece) => piece.tools ?? []).map((tool) => [tool.name, tool]));
  const members = Object.assign({}, ...pieces) as Piece;
  const { unlimited, ...rest } = members;
  const limit = unlimited === true ? {} : { maxOutputTokens: rest.maxOutputTokens ?? OUTPUT_LIMIT };
  const last: Message = { role: "user", content: [{ type: "text", text: "Go on." }] };
  const messages = [...pieces.flatMap((piece) => piece.messages ?? []), last];
  return { ...rest, ...limit, ...(tools.size === 0 ? {} : { tools: [...tools.values()] }), messages };
}

/** What a server reads of the request that a client sends, less the carries that it adds. */
export async function travelledRequest(name: WireName, request: ModelRequest, stream: boolean): Promise<unknown> {
  const wire = await loadWire(name);
  const target = { model: MODELS[name], stream, quirks: {} };
  const { pathname, search } = new URL(wire.url("http://host", target));
  const question = wire.decodeRequest(JSON.parse(wire.encodeRequest(request, target).body), pathname + search);
  if (question.model !== target.model || question.stream !== stream) return question;
  const { toolChoice, ...rest } = question.request;
  // A choice that nobody made is the model's.
  const choice = toolChoice === undefined || (toolChoice === "auto" && request.toolChoice === undefined) ? {} : { toolChoice };
  return { ...rest, ...choice, messages: rest.messages.map((message, at) => asCarried(message, request.messages[at])) };
}

function asCarried(message: Message, original: Message | undefined): Message {
  if (message.role !== "assistant" || original?.role !== "assistant") return message;
  return { ...message, content: withoutAdded(message.content, original.content) };
}

/** The blocks without the carries that those they were made from do not have. */
const withoutAdded = (blocks: readonly AssistantBlock[], originals: readonly AssistantBlock[]): readonly AssistantBlock[] =>
  blocks.map((block, at) => {
    const original = originals[at];
    if (block.type === "opaque" || block.type !== original?.type || original.carry !== undefined) return block;
    const { carry: _, ...rest } = block;
    return rest;
  });

/** What of an answer is compared. */
type Heard = {
  readonly content: readonly AssistantBlock[];
  readonly [member: string]: unknown;
};

/** What is told, as a client that loses nothing would hear it. */
export function heardOf(telling: Telling): Heard {
  const { blocks, mixed: _, usage = {}, ...rest } = telling;
  return { content: blocks, ...rest, ...usage };
}

/** What a client hears of what is told, in those members that are named. */
export async function travelledAnswer(name: WireName, telling: Telling, stream: boolean): Promise<Heard> {
  const wire = await loadWire(name);
  const encoder = wire.encodeEvents({ model: "asked", stream });
  const written = [...eventsOfTelling(telling).map((event) => encoder.push(event)), encoder.end()].map((piece) => Buffer.from(piece));
  const decoder = wire.decodeEvents();
  const events = [...decoder.push(Buffer.concat(written)), ...decoder.end()];
  const answer = await collect(toStream(events));
  const start = events.find((event) => event.type === "start");
  const told: Readonly<Record<string, unknown>> = { ...answer, ...answer.usage, id: start?.id };
  const named = Object.keys(heardOf(telling)).filter((member) => member !== "content");
  return {
    content: withoutAdded(answer.message.content, telling.blocks),
    ...Object.fromEntries(named.map((member) => [member, told[member]])),
  };
}

async function* toStream(events: readonly StreamEvent[]): AsyncGenerator<StreamEvent> {
  yield* events;
}

function eventsOfTelling({ blocks, model = "", id = "resp_1", usage = {}, costUsd, mixed, ...telling }: Telling): readonly StreamEvent[] {
  const calls = blocks.some((block) => block.type === "tool-call" && block.providerExecuted !== true);
  const reason = telling.reason ?? (calls ? "tool-calls" : "stop");
  const whole: Usage = { ...UNKNOWN_USAGE, inputTokens: 10, outputTokens: 10, ...usage };
  const [, ...events] = eventsOf({ role: "assistant", content: blocks }, model, { reason, usage: whole });
  const pieces = events.slice(0, -1).flatMap(halves);
  const body = mixed === true ? inTurn(pieces) : pieces;
  return [{ type: "start", model, id }, ...body, { type: "finish", reason, usage: whole, ...(costUsd === undefined ? {} : { costUsd }) }];
}

/** A piece cut anywhere, also between the halves of a surrogate pair. */
function halves(event: StreamEvent): readonly StreamEvent[] {
  const cut = (text: string): readonly string[] =>
    [text.slice(0, text.length >> 1), text.slice(text.length >> 1)].filter((half) => half !== "");
  switch (event.type) {
    case "text-delta":
    case "reasoning-delta":
      return event.text === "" ? [event] : cut(event.text).map((text) => ({ ...event, text }));
    case "tool-delta":
      return [{ ...event, json: "" }, ...cut(event.json).map((json) => ({ ...event, json }))];
    default:
      return [event];
  }
}

/** The first piece of each block in their order, then the second of each, and so on. */
function inTurn(events: readonly StreamEvent[]): readonly StreamEvent[] {
  const rounds = new Map<number, number>();
  const ranked = events.map((event) => {
    const index = "index" in event ? event.index : 0;
    const round = rounds.get(index) ?? 0;
    rounds.set(index, round + 1);
    return { event, round };
  });
  return ranked.sort((left, right) => left.round - right.round).map(({ event }) => event);
}

/** A copy with the prototypes that JSON gives. */
export const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
