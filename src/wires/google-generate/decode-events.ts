import { asArray, asObject, asString, type JsonObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { toolCallId, type ToolCallId } from "#model/ids.ts";
import type { Carry } from "#model/message.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { AnswerReader } from "#wires/google-generate/answer-reader.ts";
import { fromArgs } from "#wires/google-generate/call-args.ts";
import { toCarry, toJsonObject } from "#wires/google-generate/carry.ts";
import { FAILED_CALLS, toFinishReason } from "#wires/google-generate/finish-reasons.ts";
import { PartialArgs } from "#wires/google-generate/partial-args.ts";
import { UsageCounter } from "#wires/google-generate/usage.ts";
import type { EventDecoder } from "#wires/wire.ts";

/**
 * Every message is a whole response that holds the next parts. A part with a signature is a block of its own, since the signature must go
 * back on exactly that part. Only the first candidate counts.
 */
export const decodeEvents = (): EventDecoder => new AnswerDecoder();

type BlockKey = "text" | "reasoning" | "call";

/** A call whose arguments come in pieces. */
type OpenCall = { readonly id: ToolCallId; readonly name: string; readonly args: PartialArgs; readonly carried: Record<string, string> };

class AnswerDecoder implements EventDecoder {
  readonly #reader = new AnswerReader();
  readonly #writer = new EventWriter<BlockKey>();
  readonly #usage = new UsageCounter();
  readonly #callIds = new Set<string>();
  #started = false;
  #strange = false;
  /** Whether anything but thoughts came. */
  #said = false;
  #responseId = "";
  #finishReason: string | undefined;
  #finishMessage = "";
  /** Citations and grounding that no text block has carried yet. */
  #sources: JsonObject = {};
  #call: OpenCall | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** An event stream has no end mark: what follows the finish reason may still hold counts. */
  get done(): boolean {
    return this.#reader.done;
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
    if (this.#finishReason === undefined) {
      throw this.#strange && !this.#started
        ? new ModelError("bad-response", "the answer is JSON, but no Gemini response: it has no candidates")
        : new ModelError("interrupted", "the answer ended without its finish reason");
    }
    if (FAILED_CALLS.has(this.#finishReason) && !this.#said) throw failedCall(this.#finishReason, this.#finishMessage);
    this.#closeCall();
    this.#closeText();
    this.#writer.finish(toFinishReason(this.#finishReason, this.#callIds.size > 0), this.#usage.total());
    return this.#writer.take();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #take(payload: unknown): void {
    const items = asArray(payload);
    if (items !== undefined) {
      for (const item of items) this.#takeResponse(asObject(item) ?? {});
    } else {
      this.#takeResponse(asObject(payload) ?? {});
    }
  }

  #takeResponse(response: Record<string, unknown>): void {
    if (response.error !== undefined && response.error !== null) throw errorFromBody(response);
    const candidates = asArray(response.candidates);
    const feedback = asObject(response.promptFeedback);
    if (candidates === undefined && feedback === undefined && asObject(response.usageMetadata) === undefined) {
      this.#strange = true;
      return;
    }
    this.#start(response);
    this.#usage.add(response.usageMetadata);
    for (const candidate of candidates ?? []) {
      const fields = asObject(candidate) ?? {};
      if ((fields.index ?? 0) === 0) this.#takeCandidate(fields);
    }
    if (asString(feedback?.blockReason) !== undefined) throw blocked(feedback ?? {});
  }

  #start({ modelVersion, responseId }: Record<string, unknown>): void {
    if (this.#started) return;
    this.#started = true;
    this.#responseId = asString(responseId) ?? "";
    this.#writer.start(asString(modelVersion) ?? "", asString(responseId));
  }

  #takeCandidate(candidate: Record<string, unknown>): void {
    this.#sources = { ...this.#sources, ...sourcesOf(candidate) };
    for (const part of asArray(asObject(candidate.content)?.parts) ?? []) this.#takePart(asObject(part) ?? {});
    const reason = asString(candidate.finishReason);
    if (reason === undefined || reason === "FINISH_REASON_UNSPECIFIED") return;
    this.#finishReason = reason;
    this.#finishMessage = asString(candidate.finishMessage) ?? "";
  }

  #takePart(part: Record<string, unknown>): void {
    const signature = asString(part.thoughtSignature);
    const carried = signature === undefined ? {} : { thoughtSignature: signature };
    const call = asObject(part.functionCall);
    if (call !== undefined) this.#takeCall(call, carried);
    else if (isSpoken(part)) this.#say(part.thought === true ? "reasoning" : "text", asString(part.text) ?? "", carried);
    else {
      this.#closeAll();
      this.#said = true;
      this.#writer.opaque(toCarry({ part: toJsonObject(part) ?? {} }));
    }
  }

  #say(kind: "text" | "reasoning", text: string, carried: JsonObject): void {
    const isSigned = Object.keys(carried).length > 0;
    if (text === "" && !isSigned) return;
    if (kind === "text" || isSigned) this.#writer.close("reasoning");
    if (kind === "reasoning" || isSigned) this.#closeText();
    if (kind === "reasoning") {
      this.#writer.reasoning("reasoning", text);
      if (isSigned) this.#writer.close("reasoning", toCarry(carried));
      return;
    }
    // A text that says nothing is no text to anyone but this wire.
    if (text === "") return this.#writer.opaque(toCarry({ part: { text, ...carried } }));
    this.#said = true;
    this.#writer.text("text", text);
    if (isSigned) this.#closeText(carried);
  }

  /** In pieces, a call is named by its first part; the others hold more of its arguments, and the last says no more that it goes on. */
  #takeCall(call: Record<string, unknown>, carried: JsonObject): void {
    const name = asString(call.name) ?? "";
    if (this.#call === undefined || (name !== "" && name !== this.#call.name)) this.#openCall(call, name);
    const open = this.#call;
    if (open === undefined) return;
    Object.assign(open.carried, carried);
    open.args.add(call.partialArgs);
    if (call.willContinue === true) return;
    this.#call = undefined;
    const whole = fromArgs(call.args);
    this.#endCall(open, whole === "" || whole === "{}" ? open.args.json() || whole : whole);
  }

  #openCall(call: Record<string, unknown>, name: string): void {
    this.#closeAll();
    this.#said = true;
    const given = asString(call.id) ?? "";
    const id = toolCallId(this.#newId(given));
    this.#call = { id, name, args: new PartialArgs(), carried: given === "" ? {} : { id: given } };
    this.#writer.tool("call", { id, name }, "");
  }

  #endCall({ id, name, carried }: OpenCall, json: string): void {
    if (json !== "") this.#writer.tool("call", { id, name }, json);
    this.#writer.close("call", carryOf(carried));
  }

  #newId(given: string): string {
    const stem = this.#responseId === "" ? "call" : `call_${this.#responseId}`;
    let id = given;
    for (let number = this.#callIds.size; id === "" || this.#callIds.has(id); number += 1) id = `${stem}_${number}`;
    this.#callIds.add(id);
    return id;
  }

  #closeCall(): void {
    const open = this.#call;
    this.#call = undefined;
    if (open !== undefined) this.#endCall(open, open.args.json());
  }

  /** What was cited goes with the text that ends next. */
  #closeText(carried: JsonObject = {}): void {
    if (!this.#writer.isOpen("text")) return;
    this.#writer.close("text", carryOf({ ...carried, ...this.#sources }));
    this.#sources = {};
  }

  #closeAll(): void {
    this.#closeCall();
    this.#closeText();
    this.#writer.close("reasoning");
  }
}

/** Text, or a part that holds nothing but a signature. */
const isSpoken = (part: Record<string, unknown>): boolean =>
  asString(part.text) !== undefined || Object.keys(part).every((name) => name === "thought" || name === "thoughtSignature");

const carryOf = (data: JsonObject): Carry | undefined => (Object.keys(data).length === 0 ? undefined : toCarry(data));

/** The candidate's fields that say where its text comes from. */
function sourcesOf(candidate: Record<string, unknown>): JsonObject {
  const found = ["citationMetadata", "groundingMetadata"].flatMap((name) => {
    const value = toJsonObject(candidate[name]);
    return value === undefined || Object.keys(value).length === 0 ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

function blocked(feedback: Record<string, unknown>): ModelError {
  const reason = asString(feedback.blockReason) ?? "";
  const message = asString(feedback.blockReasonMessage);
  const words = message === undefined ? "" : `: ${JSON.stringify(message.slice(0, 300))}`;
  return new ModelError("content-filter", `the provider blocked the prompt (${reason})${words}`, { code: reason });
}

function failedCall(reason: string, message: string): ModelError {
  const words = message === "" ? "" : `: ${JSON.stringify(message.slice(0, 300))}`;
  return new ModelError("bad-response", `the model failed at writing a tool call (${reason})${words}`, {
    code: reason,
    advice: "Try again, or choose another model with -m.",
  });
}
