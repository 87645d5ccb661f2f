import { anthropicMessages } from "#bench/streams/anthropic-messages.ts";
import { bedrockConverse } from "#bench/streams/bedrock-converse.ts";
import { cohereChat } from "#bench/streams/cohere-chat.ts";
import { googleGenerate } from "#bench/streams/google-generate.ts";
import { ollamaChat } from "#bench/streams/ollama-chat.ts";
import { openaiChat } from "#bench/streams/openai-chat.ts";
import { openaiResponses } from "#bench/streams/openai-responses.ts";
import type { WireStreams } from "#bench/streams/wire-streams.ts";
import { WIRE_NAMES, type WireName } from "#wires/wire.ts";

/** A prepared answer. */
export type PreparedStream = {
  readonly wire: WireName;
  readonly contentType: string;
  readonly body: Buffer;
  /** Where each event begins. */
  readonly starts: readonly number[];
  /** Length of all the text, or of the call's arguments, in UTF-16 units: what every client must arrive at. */
  readonly characters: number;
};

/** Words of prose, or one call with 100 KB of arguments. */
export type StreamName = `${WireName}-${"text" | "tool"}`;

export const STREAM_NAMES: readonly StreamName[] = WIRE_NAMES.flatMap((wire): readonly StreamName[] => [`${wire}-text`, `${wire}-tool`]);

export const isStreamName = (name: string): name is StreamName => STREAM_NAMES.some((each) => each === name);

/** Builds a stream by name; the same bytes each time. */
export function prepareStream(name: StreamName): PreparedStream {
  const wire = WIRE_NAMES.find((each) => name.slice(0, -"-text".length) === each);
  if (wire === undefined) throw new Error(`no wire has the stream ${name}`);
  const { contentType, framing, text, tool } = STREAMS[wire];
  const pieces = name.endsWith("-tool") ? toolPieces() : textPieces(TEXT_EVENTS - framing);
  const events = (name.endsWith("-tool") ? tool : text)(pieces).map((event) => Buffer.from(event));
  const starts: number[] = [];
  let length = 0;
  for (const event of events) {
    starts.push(length);
    length += event.length;
  }
  return { wire, contentType, starts, body: Buffer.concat(events), characters: pieces.join("").length };
}

const STREAMS: Readonly<Record<WireName, WireStreams>> = {
  "openai-chat": openaiChat,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "google-generate": googleGenerate,
  "bedrock-converse": bedrockConverse,
  "cohere-chat": cohereChat,
  "ollama-chat": ollamaChat,
};

/** Events of a text, with those around its words. */
export const TEXT_EVENTS = 204;
const WORDS = [
  "The",
  " loop",
  " starts",
  " at",
  " one,",
  " so",
  " the",
  " first",
  " item",
  " is",
  " never",
  " counted",
  ".",
  " Grüße",
  " 世界",
  "\n",
];

const textPieces = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => WORDS[at % WORDS.length] ?? "");

/** 100 KB of arguments in 4,085 pieces: a whole file being written. */
function toolPieces(): readonly string[] {
  const line = "  const total = items.reduce((sum, item) => sum + item.price * item.quantity, 0);\n";
  const shell = JSON.stringify({ path: "src/cart.ts", content: "" });
  const text = JSON.stringify({ path: "src/cart.ts", content: line.repeat(2000) }).slice(0, 102_400 - 2);
  const whole = `${text.endsWith("\\") ? `${text.slice(0, -1)} ` : text}${shell.slice(-2)}`;
  const length = Math.ceil(whole.length / 4085);
  return Array.from({ length: Math.ceil(whole.length / length) }, (_, at) => whole.slice(at * length, (at + 1) * length));
}
