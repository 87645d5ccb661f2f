import type { StreamEvent } from "#model/event.ts";
import type { ModelError } from "#model/error.ts";
import type { ModelRequest } from "#model/request.ts";
import type { Quirks } from "#wires/quirks.ts";

/** Every protocol spoken here; also the name of its folder. */
export const WIRE_NAMES = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "google-generate",
  "bedrock-converse",
  "cohere-chat",
  "ollama-chat",
] as const;
export type WireName = (typeof WIRE_NAMES)[number];

/** The paths, query left out, that a server of each wire answers chat calls at. */
export const WIRE_PATHS: Readonly<Record<WireName, RegExp>> = {
  "openai-chat": /^\/v1\/chat\/completions$/,
  "openai-responses": /^\/v1\/responses$/,
  "anthropic-messages": /^\/v1\/messages$/,
  "google-generate": /^\/v1(beta\d?|alpha)?\/models\/[^/]+:(generateContent|streamGenerateContent)$/,
  "bedrock-converse": /^\/model\/[^/]+\/converse(-stream)?$/,
  "cohere-chat": /^\/v2\/chat$/,
  "ollama-chat": /^\/api\/chat$/,
};

/** Whom a request is encoded for. */
export type WireTarget = {
  /** As the provider spells it. */
  readonly model: string;
  readonly stream: boolean;
  readonly quirks: Quirks;
};

/** `headers` are the wire's own (content type, protocol version), in lower case, without any key. */
export type EncodedRequest = {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * Reads one answer, streamed or whole: which it is shows in its first bytes. The events are the same however the bytes are cut.
 * Throws `ModelError`: what the provider reports inside the answer, `bad-response` for what is not of this wire, `interrupted` where it was cut.
 */
export interface EventDecoder {
  /** Whether the answer's end mark was read. Nothing after it counts: some servers leave the connection open. */
  readonly done: boolean;
  /** The events that these bytes complete. */
  push(bytes: Uint8Array): readonly StreamEvent[];
  /** The rest, at the end of the bytes; the last of them is `finish`. */
  end(): readonly StreamEvent[];
}

/** What a client asked, read from its request. */
export type WireQuestion = {
  readonly model: string;
  readonly stream: boolean;
  readonly request: ModelRequest;
};

/** Writes one answer for a client. A whole answer comes from `end`, a streamed one piece by piece. */
export interface EventEncoder<Piece extends string | Uint8Array = string | Uint8Array> {
  readonly contentType: string;
  push(event: StreamEvent): Piece;
  end(): Piece;
}

/** `headers`, in lower case, are those that the protocol says an error by. */
export type EncodedError = {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One protocol: our words <-> theirs. The first three members are its client side, the others its server side. */
export interface Wire {
  readonly name: WireName;
  /** The chat call's URL, from a base URL written with or without its version segment or already complete. */
  url(baseUrl: string, target: WireTarget): string;
  encodeRequest(request: ModelRequest, target: WireTarget): EncodedRequest;
  decodeEvents(): EventDecoder;

  /**
   * `body` is the parsed JSON, `path` what it was posted to, with its query: two wires name the model there. Throws `ModelError` (`bad-request`)
   * naming the field that is wrong.
   */
  decodeRequest(body: unknown, path: string): WireQuestion;
  encodeEvents(question: Pick<WireQuestion, "model" | "stream">): EventEncoder;
  encodeError(error: ModelError): EncodedError;
}
