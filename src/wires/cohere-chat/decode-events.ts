import { asArray, asNumber, asObject, asString } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId, type ToolCallId } from "#model/ids.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { citationsCarry, THINKING } from "#wires/cohere-chat/carry.ts";
import { toFinishReason } from "#wires/cohere-chat/finish-reasons.ts";
import { decodeUsage } from "#wires/cohere-chat/usage.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { PayloadReader, type Payload } from "#wires/payloads.ts";
import type { EventDecoder } from "#wires/wire.ts";

/**
 * The wire names no model: `start` has an empty one. The plan beside tool calls is a text block. An error that follows good pieces in the
 * same bytes is thrown by the next call, so that nothing depends on how the bytes are cut.
 */
export const decodeEvents = (): EventDecoder => new Decoder();

type Fields = Readonly<Record<string, unknown>>;
type Call = { readonly key: string; readonly id: ToolCallId; readonly name: string; held: string };

class Decoder implements EventDecoder {
  readonly #reader = new PayloadReader();
  readonly #writer = new EventWriter<string>();
  readonly #calls = new Map<number, Call>();
  #lastCall = -1;
  /** The text or thinking block that is being told, and what it cites. */
  #open: { readonly key: string; readonly kind: "text" | "thinking" } | undefined;
  #citations: unknown[] = [];
  #started = false;
  #ended = false;
  /** Whether anything of this protocol came, and whether anything else did. */
  #known = false;
  #strange = false;
  #reason: string | undefined;
  #usage = UNKNOWN_USAGE;
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
    for (const payload of this.#rest()) this.#take(payload);
    if (!this.#ended) {
      throw this.#strange && !this.#known
        ? new ModelError("bad-response", "the answer streams something else than Cohere's chat events")
        : new ModelError("interrupted", "the answer ended without its end mark (message-end)");
    }
    this.#start(undefined);
    this.#close();
    for (const call of this.#calls.values()) this.#closeCall(call);
    const late = citationsCarry(this.#citations);
    if (late !== undefined) this.#writer.opaque(late);
    this.#writer.finish(toFinishReason(this.#reason, this.#calls.size > 0), this.#usage);
    return this.#writer.take();
  }

  /** What the end of the bytes completes. In a stream of this protocol a last piece that cannot be read was cut. */
  #rest(): readonly Payload[] {
    // The reader may still hold back the failure of an earlier piece: that one was not cut.
    this.#reader.push(NO_BYTES);
    try {
      return this.#reader.end();
    } catch (error) {
      if (!this.#known) throw error;
      return [];
    }
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #take({ event, data, whole }: Payload): void {
    if (this.#ended) return;
    const payload = asObject(data);
    if (payload === undefined) throw new ModelError("bad-response", "a piece of the answer is not a JSON object");
    const type = asString(payload["type"]) ?? event;
    const bare = payload["delta"] === undefined && (typeof payload["message"] === "string" || (payload["error"] ?? null) !== null);
    if (type === "error" || bare) throw errorFromBody(payload);
    if (whole) this.#takeWhole(payload);
    else if (this.#takeEvent(type, payload)) this.#known = true;
    else this.#strange = true;
  }

  #takeWhole(answer: Fields): void {
    const message = asObject(answer["message"]);
    if (message === undefined) throw new ModelError("bad-response", "the answer is JSON, but not Cohere's: it has no message");
    this.#start(answer["id"]);
    const { content } = message;
    const parts =
      typeof content === "string" ? [{ type: "text", text: content }] : (asArray(content) ?? []).map((part) => asObject(part) ?? {});
    for (const [at, part] of parts.entries()) this.#say("thinking", at, part["thinking"]);
    this.#say("text", PLAN, message["tool_plan"]);
    for (const [at, part] of parts.entries()) this.#say("text", at, part["text"]);
    this.#citations.push(...(asArray(message["citations"]) ?? []));
    for (const [at, call] of (asArray(message["tool_calls"]) ?? []).entries()) {
      this.#call(at, call);
      this.#closeCall(this.#calls.get(at));
    }
    this.#finish(answer);
  }

  /** Whether it was an event of this protocol; one that is not known is left alone. */
  #takeEvent(type: string, payload: Fields): boolean {
    const delta = asObject(payload["delta"]) ?? {};
    const message = asObject(delta["message"]) ?? {};
    const index = asNumber(payload["index"]);
    switch (type) {
      case "message-start":
        this.#start(payload["id"]);
        return true;
      case "content-start":
      case "content-delta":
        this.#content(index ?? 0, asObject(message["content"]) ?? {});
        return true;
      case "content-end":
        this.#close();
        return true;
      case "tool-plan-delta":
        this.#say("text", PLAN, message["tool_plan"]);
        return true;
      case "tool-call-start":
        this.#call(index ?? this.#lastCall + 1, first(message["tool_calls"]));
        return true;
      case "tool-call-delta":
        this.#argue(index ?? this.#lastCall, asObject(asObject(first(message["tool_calls"]))?.["function"])?.["arguments"]);
        return true;
      case "tool-call-end":
        this.#closeCall(this.#calls.get(index ?? this.#lastCall));
        return true;
      case "citation-start":
        this.#citations.push(...listOf(message["citations"]));
        return true;
      case "citation-end":
      case "debug":
        return true;
      case "message-end":
        this.#finish(delta);
        return true;
      default:
        return false;
    }
  }

  #start(id: unknown): void {
    if (this.#started) return;
    this.#started = true;
    this.#writer.start("", asString(id));
  }

  #content(index: number, content: Fields): void {
    this.#say("thinking", index, content["thinking"]);
    this.#say("text", index, content["text"]);
  }

  #say(kind: "text" | "thinking", index: number, value: unknown): void {
    const text = asString(value) ?? "";
    if (text === "") return;
    this.#start(undefined);
    const key = `${kind} ${index}`;
    if (this.#open?.key !== key) this.#close();
    this.#open = { key, kind };
    if (kind === "text") this.#writer.text(key, text);
    else this.#writer.reasoning(key, text);
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { key, kind } = this.#open;
    this.#open = undefined;
    if (kind === "thinking") return this.#writer.close(key, THINKING);
    this.#writer.close(key, citationsCarry(this.#citations));
    this.#citations = [];
  }

  #call(index: number, value: unknown): void {
    this.#start(undefined);
    this.#close();
    this.#closeCall(this.#calls.get(index));
    const call = asObject(value) ?? {};
    const called = asObject(call["function"]) ?? {};
    const id = toolCallId(asString(call["id"]) || `call_${index}`);
    this.#calls.set(index, { key: `call ${index}`, id, name: asString(called["name"]) ?? "", held: "" });
    this.#lastCall = index;
    this.#argue(index, called["arguments"], true);
  }

  /** A call's arguments. `null` stands for none and is held back until it is clear that it is not the beginning of something else. */
  #argue(index: number, value: unknown, opens = false): void {
    const call = this.#calls.get(index);
    if (call === undefined) return;
    const json = call.held + (typeof value === "string" ? value : value === undefined || value === null ? "" : JSON.stringify(value));
    const waits = NONE.startsWith(json) || json.trim() === NONE;
    call.held = waits ? json : "";
    if (opens || !waits) this.#writer.tool(call.key, { id: call.id, name: call.name }, waits ? "" : json);
  }

  #closeCall(call: Call | undefined): void {
    if (call === undefined || !this.#writer.isOpen(call.key)) return;
    const { key, id, name, held } = call;
    if (held.trim() !== "" && held.trim() !== NONE) this.#writer.tool(key, { id, name }, held);
    this.#writer.close(key);
  }

  /** A reason to give up that is told in words is an error; without words it is how the answer finished. */
  #finish(fields: Fields): void {
    const said = asString(fields["error"]);
    if (said !== undefined && said !== "") throw errorFromBody({ message: said });
    this.#reason = asString(fields["finish_reason"]);
    this.#usage = decodeUsage(fields["usage"]);
    this.#ended = true;
  }
}

const NO_BYTES = new Uint8Array();

/** The plan's place among the parts of the content: before all. */
const PLAN = -1;

/** The arguments of a call that has none. */
const NONE = "null";

const listOf = (value: unknown): readonly unknown[] => asArray(value) ?? (value === undefined || value === null ? [] : [value]);
const first = (value: unknown): unknown => listOf(value)[0];
