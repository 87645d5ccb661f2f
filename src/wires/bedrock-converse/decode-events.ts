import { asNumber, asObject, asString, parseJson } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { UNKNOWN_USAGE, type Usage } from "#model/usage.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { toCarry, toJson } from "#wires/bedrock-converse/carry.ts";
import { toFinishReason } from "#wires/bedrock-converse/finish-reasons.ts";
import { beginsFrame, FrameReader, type Frame } from "#wires/bedrock-converse/frames.ts";
import { closedData, isKnown, openedBlock, type OpenBlock } from "#wires/bedrock-converse/open-block.ts";
import { splitWhole } from "#wires/bedrock-converse/split-whole.ts";
import { decodeUsage } from "#wires/bedrock-converse/usage.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { PayloadReader, type Payload } from "#wires/payloads.ts";
import type { EventDecoder } from "#wires/wire.ts";

/** The protocol does not say which model answered: `start` has an empty name. */
export const decodeEvents = (): EventDecoder => new AnswerDecoder();

/** A whole answer is decoded as the stream that would have told it. */
class AnswerDecoder implements EventDecoder {
  readonly #frames = new FrameReader();
  /** Whole answers, and errors of whoever stands before the provider. */
  readonly #payloads = new PayloadReader();
  readonly #writer = new EventWriter<number>();
  readonly #blocks = new Map<number, OpenBlock>();
  #mode: "unknown" | "frames" | "text" = "unknown";
  #started = false;
  #stopReason: string | undefined;
  #usage: Usage | undefined;
  #last = -1;
  #failure: { readonly error: unknown } | undefined;

  /** The end mark is twofold, in either order. */
  get done(): boolean {
    return this.#stopReason !== undefined && this.#usage !== undefined;
  }

  push(bytes: Uint8Array): readonly StreamEvent[] {
    this.#throwFailure();
    try {
      this.#read(bytes);
    } catch (error) {
      this.#failure = { error };
    }
    const events = this.#writer.take();
    // What was said before the failure is given first, as it would be had the bytes been cut there.
    if (events.length === 0) this.#throwFailure();
    return events;
  }

  end(): readonly StreamEvent[] {
    this.#throwFailure();
    if (this.#mode === "text") for (const payload of this.#payloads.end()) this.#takePayload(payload);
    // Some servers send no counts; but a frame that was begun says that something was still to come.
    if (this.#stopReason === undefined || (!this.done && this.#frames.isInside)) {
      throw new ModelError("interrupted", "the answer ended without its end mark");
    }
    this.#start();
    for (const key of this.#blocks.keys()) this.#close(key);
    this.#writer.finish(toFinishReason(this.#stopReason), this.#usage ?? UNKNOWN_USAGE);
    return this.#writer.take();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #read(bytes: Uint8Array): void {
    if (this.#mode === "unknown" && bytes.length > 0) this.#mode = beginsFrame(bytes[0]) ? "frames" : "text";
    if (this.#mode === "text") {
      for (const payload of this.#payloads.push(bytes)) this.#takePayload(payload);
      return;
    }
    if (this.done) return;
    for (const frame of this.#frames.push(bytes)) {
      this.#takeFrame(frame);
      if (this.done) return;
    }
  }

  #takeFrame({ headers, body }: Frame): void {
    const text = Buffer.from(body).toString("utf8");
    const type = headers[":message-type"] ?? "event";
    if (type === "exception") throw exceptionOf(headers[":exception-type"], text);
    if (type === "error") throw errorFromBody({ __type: headers[":error-code"], message: headers[":error-message"] ?? text });
    const payload = asObject(parseJson(text));
    if (payload === undefined) throw new ModelError("bad-response", "a frame of the answer holds no JSON object");
    this.#takeEvent(headers[":event-type"] ?? "", payload);
  }

  #takePayload({ data, whole }: Payload): void {
    const answer = asObject(data) ?? {};
    const message = asObject(asObject(answer.output)?.message);
    if (!whole || message === undefined) throw strangeAnswer(answer, whole);
    for (const [event, payload] of splitWhole(answer, message)) this.#takeEvent(event, payload);
  }

  /** An event that is not known is left alone. */
  #takeEvent(event: string, payload: Record<string, unknown>): void {
    switch (event) {
      case "messageStart":
        this.#start();
        return;
      case "contentBlockStart":
        this.#open(asNumber(payload.contentBlockIndex) ?? this.#last + 1, asObject(payload.start) ?? {});
        return;
      case "contentBlockDelta":
        this.#add(asNumber(payload.contentBlockIndex) ?? Math.max(0, this.#last), asObject(payload.delta) ?? {});
        return;
      case "contentBlockStop":
        this.#close(asNumber(payload.contentBlockIndex) ?? this.#last);
        return;
      case "messageStop":
        this.#stopReason = asString(payload.stopReason) ?? "";
        return;
      case "metadata":
        this.#usage = decodeUsage(payload.usage);
        return;
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#writer.start("");
  }

  #open(key: number, start: Record<string, unknown>): void {
    this.#start();
    this.#close(key);
    this.#last = key;
    const block = openedBlock(start, `call_${key}`);
    if (block === undefined) return;
    this.#blocks.set(key, block);
    if (block.type === "tool") this.#writer.tool(key, block.head, "");
  }

  #add(key: number, delta: Record<string, unknown>): void {
    const name = Object.keys(delta)[0];
    if (name === undefined) return;
    const open = this.#blocks.get(key);
    // Text and reasoning have no start of their own: what the delta holds says which block it is.
    if (open === undefined || (isKnown(name) && !open.takes.includes(name))) this.#open(key, { [name]: {} });
    const block = this.#blocks.get(key);
    switch (block?.type) {
      case "text":
        if (delta.citation !== undefined) block.citations.push(toJson(delta.citation));
        this.#writer.text(key, asString(delta.text) ?? "");
        return;
      case "reasoning":
        this.#addReasoning(key, block, asObject(delta.reasoningContent) ?? {});
        return;
      case "tool":
        this.#addInput(key, block, asString(asObject(delta.toolUse)?.input) ?? "");
        return;
      case "opaque":
        block.deltas.push(delta[block.name]);
        return;
      case undefined:
        return;
    }
  }

  #addReasoning(key: number, block: OpenBlock & { readonly type: "reasoning" }, delta: Record<string, unknown>): void {
    const text = asString(delta.text) ?? "";
    if (text !== "" || !this.#writer.isOpen(key)) this.#writer.reasoning(key, text);
    block.signature += asString(delta.signature) ?? "";
    const redacted = asString(delta.redactedContent);
    if (redacted !== undefined) block.redacted.push(Buffer.from(redacted, "base64"));
  }

  #addInput(key: number, { head }: OpenBlock & { readonly type: "tool" }, json: string): void {
    if (json !== "") this.#writer.tool(key, head, json);
  }

  #close(key: number): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    const data = closedData(block);
    if (block.type === "opaque") this.#writer.opaque(toCarry(data ?? {}));
    else this.#writer.close(key, data === undefined ? undefined : toCarry(data));
  }
}

function exceptionOf(type: string | undefined, text: string): ModelError {
  const body = asObject(parseJson(text)) ?? { message: text };
  // A model's own failure stands beside the provider's words; its status is not the answer's.
  return errorFromBody({ __type: type, message: body.message ?? body.Message, detail: body.originalMessage });
}

function strangeAnswer(answer: Record<string, unknown>, whole: boolean): ModelError {
  if (ERROR_FIELDS.some((field) => answer[field] !== undefined && answer[field] !== null)) return errorFromBody(answer);
  const what = whole ? "is JSON, but not a Converse answer: it has no output" : "streams something else than Converse events";
  return new ModelError("bad-response", `the answer ${what}`);
}

const ERROR_FIELDS = ["message", "Message", "error", "errors", "detail", "__type"];
