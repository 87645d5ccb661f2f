import type { StreamEvent } from "#model/event.ts";
import type { ModelError } from "#model/error.ts";
import type { ModelRequest } from "#model/request.ts";
import type { Quirks } from "#wires/quirks.ts";

/** Every protocol spoken here; also the name of its folder. */
export const WIRE_NAMES = ["openai-chat", "anthropic-messages", "ollama-chat"] as const;
export type WireName = (typeof WIRE_NAMES)[number];

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
export interface EventEncoder {
  readonly contentType: string;
  push(event: StreamEvent): string;
  end(): string;
}

export type EncodedError = {
  readonly status: number;
  readonly body: string;
};

/** One protocol: our words <-> theirs. The first three members are its client side, the others its server side. */
export interface Wire {
  readonly name: WireName;
  /** The chat call's URL, from a base URL written with or without its version segment or already complete. */
  url(baseUrl: string, target: WireTarget): string;
  encodeRequest(request: ModelRequest, target: WireTarget): EncodedRequest;
  decodeEvents(): EventDecoder;

  /** `body` is the parsed JSON. Throws `ModelError` (`bad-request`) naming the field that is wrong. */
  decodeRequest(body: unknown): WireQuestion;
  encodeEvents(question: Pick<WireQuestion, "model" | "stream">): EventEncoder;
  encodeError(error: ModelError): EncodedError;
}

/** Loads a wire when it is first needed. */
export async function loadWire(name: WireName): Promise<Wire> {
  switch (name) {
    case "openai-chat":
      return (await import("#wires/openai-chat/wire.ts")).openaiChat;
    case "anthropic-messages":
      return (await import("#wires/anthropic-messages/wire.ts")).anthropicMessages;
    case "ollama-chat":
      return (await import("#wires/ollama-chat/wire.ts")).ollamaChat;
  }
}
