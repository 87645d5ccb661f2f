import { asArray, asNumber, asObject, asString, parseJson, type JsonObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { toolCallId, type ToolCallId } from "#model/ids.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { toCarry, toJsonArray, toJsonObject } from "#wires/anthropic-messages/carry.ts";
import { UsageCounter } from "#wires/anthropic-messages/usage.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { PayloadReader, type Payload } from "#wires/payloads.ts";
import type { EventDecoder } from "#wires/wire.ts";

export const decodeEvents = (): EventDecoder => new AnswerDecoder();

/** What is known of a block between its start and its stop. */
type OpenBlock =
  | { readonly type: "text"; readonly citations: unknown[] }
  | { readonly type: "reasoning"; data: JsonObject | undefined }
  | { readonly type: "tool"; readonly head: CallHead; readonly input: JsonObject | undefined; said: boolean }
  | { readonly type: "opaque"; readonly block: JsonObject; readonly json: string[] };

type CallHead = { readonly id: ToolCallId; readonly name: string; readonly providerExecuted?: true };

/** A whole answer is decoded as the stream that would have told it. */
class AnswerDecoder implements EventDecoder {
  readonly #reader = new PayloadReader();
  readonly #writer = new EventWriter<number>();
  readonly #blocks = new Map<number, OpenBlock>();
  readonly #usage = new UsageCounter();
  #started = false;
  /** Whether anything of this protocol came. */
  #known = false;
  #strange = false;
  #ended = false;
  #stopReason: string | undefined;
  #id = "call";
  #last = -1;
  #called = false;
  #failure: { readonly error: unknown } | undefined;

  get done(): boolean {
    return this.#ended;
  }

  push(bytes: Uint8Array): readonly StreamEvent[] {
    this.#throwFailure();
    try {
      for (const payload of this.#reader.push(bytes)) this.#take(payload);
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
    for (const payload of this.#reader.end()) this.#take(payload);
    if (!this.#ended && this.#stopReason === undefined && !this.#reader.done) {
      throw this.#strange && !this.#known
        ? new ModelError("bad-response", "the answer streams something else than Anthropic Messages events")
        : new ModelError("interrupted", "the answer ended without its end mark");
    }
    this.#start("", undefined);
    for (const key of this.#blocks.keys()) this.#close(key);
    this.#writer.finish(this.#reason(), this.#usage.total(), this.#usage.costUsd());
    return this.#writer.take();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #take({ event, data, whole }: Payload): void {
    if (this.#ended) return;
    const payload = asObject(data) ?? {};
    if (whole) {
      this.#takeWhole(payload);
      return;
    }
    const type = asString(payload.type) ?? event;
    if (type === "error" || (type === "" && payload.error !== undefined && payload.error !== null)) throw errorFromBody(data);
    if (!this.#takeEvent(type, payload)) this.#strange = true;
    else this.#known = true;
  }

  #takeWhole(message: Record<string, unknown>): void {
    const content = asArray(message.content);
    if (message.type === "error" || (content === undefined && message.error !== undefined)) throw errorFromBody(message);
    if (content === undefined) throw new ModelError("bad-response", "the answer is JSON, but not an Anthropic message: it has no content");
    this.#begin(message);
    for (const [key, block] of content.entries()) {
      this.#open(key, asObject(block) ?? {});
      this.#close(key);
    }
    this.#usage.add(message.usage);
    this.#stopReason = asString(message.stop_reason);
    this.#ended = true;
  }

  /** Whether it was an event of this protocol; one that is not known is left alone. */
  #takeEvent(type: string, payload: Record<string, unknown>): boolean {
    switch (type) {
      case "message_start":
        this.#begin(asObject(payload.message) ?? {});
        return true;
      case "content_block_start":
        this.#open(asNumber(payload.index) ?? this.#last + 1, asObject(payload.content_block) ?? {});
        return true;
      case "content_block_delta":
        this.#add(asNumber(payload.index) ?? this.#last, asObject(payload.delta) ?? {});
        return true;
      case "content_block_stop":
        this.#close(asNumber(payload.index) ?? this.#last);
        return true;
      case "message_delta":
        this.#stopReason = asString(asObject(payload.delta)?.stop_reason) ?? this.#stopReason;
        this.#usage.add(payload.usage);
        return true;
      case "message_stop":
        this.#ended = true;
        return true;
      case "ping":
        return true;
      default:
        return false;
    }
  }

  #begin(message: Record<string, unknown>): void {
    this.#start(asString(message.model) ?? "", asString(message.id));
    this.#usage.addPrompt(message.usage);
  }

  #start(model: string, id: string | undefined): void {
    if (this.#started) return;
    this.#started = true;
    this.#id = id ?? this.#id;
    this.#writer.start(model, id);
  }

  #open(key: number, block: Record<string, unknown>): void {
    this.#start("", undefined);
    this.#close(key);
    this.#last = key;
    switch (block.type) {
      case "text":
        this.#blocks.set(key, { type: "text", citations: [...(asArray(block.citations) ?? [])] });
        this.#writer.text(key, asString(block.text) ?? "");
        return;
      case "thinking":
        this.#blocks.set(key, { type: "reasoning", data: signed(block.signature) });
        this.#writer.reasoning(key, asString(block.thinking) ?? "");
        return;
      case "redacted_thinking":
        this.#blocks.set(key, { type: "reasoning", data: { redacted: asString(block.data) ?? "" } });
        this.#writer.reasoning(key, "");
        return;
      case "tool_use":
      case "server_tool_use":
        this.#openCall(key, block);
        return;
      default:
        this.#blocks.set(key, { type: "opaque", block: toJsonObject(block) ?? {}, json: [] });
    }
  }

  #openCall(key: number, block: Record<string, unknown>): void {
    const executed = block.type === "server_tool_use" ? ({ providerExecuted: true } as const) : {};
    const id = asString(block.id) || `${this.#id}_${key}`;
    const head = { id: toolCallId(id), name: asString(block.name) ?? "", ...executed };
    this.#blocks.set(key, { type: "tool", head, input: toJsonObject(block.input), said: false });
    this.#called ||= head.providerExecuted !== true;
    this.#writer.tool(key, head, "");
  }

  #add(key: number, delta: Record<string, unknown>): void {
    if (!this.#blocks.has(key)) this.#openFor(key, delta.type);
    const block = this.#blocks.get(key);
    if (delta.type === "text_delta" && block?.type === "text") {
      this.#writer.text(key, asString(delta.text) ?? "");
    } else if (delta.type === "thinking_delta" && block?.type === "reasoning") {
      const text = asString(delta.thinking) ?? "";
      if (text !== "") this.#writer.reasoning(key, text);
    } else if (delta.type === "signature_delta" && block?.type === "reasoning") {
      block.data = signed(delta.signature) ?? block.data;
    } else if (delta.type === "citations_delta" && block?.type === "text") {
      block.citations.push(delta.citation);
    } else if (delta.type === "input_json_delta") {
      this.#addJson(key, block, asString(delta.partial_json) ?? "");
    }
  }

  /** Some servers send deltas without the block's start: text and thinking need none. */
  #openFor(key: number, delta: unknown): void {
    if (delta === "text_delta") this.#open(key, { type: "text" });
    if (delta === "thinking_delta") this.#open(key, { type: "thinking" });
  }

  #addJson(key: number, block: OpenBlock | undefined, json: string): void {
    if (json === "") return;
    if (block?.type === "opaque") block.json.push(json);
    if (block?.type !== "tool") return;
    block.said = true;
    this.#writer.tool(key, block.head, json);
  }

  #close(key: number): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    switch (block.type) {
      case "text":
        this.#writer.close(key, block.citations.length === 0 ? undefined : toCarry({ citations: toJsonArray(block.citations) }));
        return;
      case "reasoning":
        this.#writer.close(key, block.data === undefined ? undefined : toCarry(block.data));
        return;
      case "tool":
        // The start may hold the input whole; an empty object there only says that it follows.
        if (!block.said && Object.keys(block.input ?? {}).length > 0) this.#writer.tool(key, block.head, JSON.stringify(block.input));
        this.#writer.close(key, block.head.providerExecuted === true ? toCarry({ type: "server_tool_use" }) : undefined);
        return;
      case "opaque":
        this.#writer.opaque(toCarry({ block: filled(block.block, block.json) }));
        return;
    }
  }

  /** Without a reason the blocks tell it. */
  #reason(): FinishReason {
    if (this.#stopReason === undefined) return this.#called ? "tool-calls" : "stop";
    return REASONS.get(this.#stopReason) ?? "other";
  }
}

const REASONS: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_use", "tool-calls"],
  // The provider paused its own tools and wants the turn sent back: the model is not done.
  ["pause_turn", "other"],
  ["refusal", "content-filter"],
]);

/** The start of a thinking block has an empty signature; the real one follows. */
const signed = (signature: unknown): JsonObject | undefined =>
  typeof signature === "string" && signature !== "" ? { signature } : undefined;

function filled(block: JsonObject, pieces: readonly string[]): JsonObject {
  if (pieces.length === 0) return block;
  const json = pieces.join("");
  return { ...block, input: toJsonObject(parseJson(json)) ?? { invalid_json: json } };
}
