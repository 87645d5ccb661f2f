import { asArray, asObject, asString, isObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { errorFromBody } from "#wires/answer-error.ts";
import { finishOf } from "#wires/openai-chat/finish-reasons.ts";
import { NOTHING_SPENT, readUsage } from "#wires/openai-chat/read-usage.ts";
import { OutputItems } from "#wires/openai-responses/output-items.ts";
import type { ItemPiece } from "#wires/openai-responses/output-items.ts";
import { PayloadReader } from "#wires/payloads.ts";
import type { Payload } from "#wires/payloads.ts";
import type { EventDecoder } from "#wires/wire.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads an answer of the Responses API, streamed or whole, from any server that calls itself compatible. An answer ends with
 * `response.completed` or `response.incomplete`; one with neither throws `interrupted`. Nothing after that is read. An error that follows
 * good events in the same bytes is thrown by the next call, so that nothing depends on how the bytes are cut.
 */
export class ResponsesDecoder implements EventDecoder {
  #reader = new PayloadReader();
  #items = new OutputItems();
  #model = "";
  #started = false;
  #spent = NOTHING_SPENT;
  /** The finish reason, once the answer is told to be over. */
  #ending: string | undefined;
  #failure: unknown;

  get done(): boolean {
    return this.#ending !== undefined || this.#reader.done;
  }

  push(bytes: Uint8Array): readonly StreamEvent[] {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ending !== undefined) return [];
    try {
      this.#readAll(this.#reader.push(bytes));
    } catch (error) {
      const events = this.#items.writer.take();
      if (events.length === 0) throw error;
      this.#failure = error;
      return events;
    }
    return this.#items.writer.take();
  }

  end(): readonly StreamEvent[] {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ending === undefined) this.#readRest();
    if (this.#ending === undefined) throw new ModelError("interrupted", "the answer ended without response.completed");
    this.#finish(this.#ending);
    return this.#items.writer.take();
  }

  #readRest(): void {
    // A whole piece that is broken, and was held back behind good ones, is no cut.
    this.#readAll(this.#reader.push(new Uint8Array()));
    try {
      this.#readAll(this.#reader.end());
    } catch (error) {
      // After a good beginning a broken last piece is one that was cut off.
      if (!this.#started || !(error instanceof ModelError) || error.kind !== "bad-response") throw error;
      throw new ModelError("interrupted", "the answer ended within an event", { cause: error });
    }
  }

  #readAll(payloads: readonly Payload[]): void {
    for (const payload of payloads) {
      if (this.#ending !== undefined) return;
      this.#read(payload);
    }
  }

  #read({ event, data, whole }: Payload): void {
    const fields = asObject(data);
    if (fields === undefined) {
      if (event === "error") throw errorFromBody({ error: { message: String(data) } });
      throw new ModelError("bad-response", "a piece of the answer is not a JSON object");
    }
    if (whole) return this.#readWhole(fields);
    const { type, ...rest } = fields;
    const name = asString(type) || event;
    if (event === "error" || name === "error" || name === "response.error") throw errorFromBody(name === type ? rest : fields);
    this.#readEvent(name, fields);
  }

  #readWhole(fields: Fields): void {
    if (asArray(fields["output"]) === undefined) {
      if (isObject(fields["error"]) || typeof fields["error"] === "string") throw errorFromBody(fields);
      throw new ModelError("bad-response", "the answer holds no output");
    }
    this.#settle(fields, asString(fields["status"]) ?? "completed");
  }

  #readEvent(name: string, event: Fields): void {
    const response = asObject(event["response"]) ?? {};
    switch (name) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        this.#note(response);
        if (this.#model !== "") this.#start();
        return;
      case "response.output_item.added":
        this.#start();
        return this.#items.announce(event);
      case "response.output_item.done":
        this.#start();
        return this.#items.finish(event);
      case "response.content_part.done":
        return this.#items.notePart(event);
      case "response.output_text.annotation.added":
        return this.#items.annotate(event);
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
        return this.#settle(response, name.slice("response.".length));
      case "":
        if ((event["error"] ?? undefined) !== undefined) throw errorFromBody(event);
        throw new ModelError("bad-response", "a piece of the answer names no type");
      default:
        return this.#readPiece(name, event);
    }
  }

  #readPiece(name: string, event: Fields): void {
    const row = PIECES.get(name);
    if (row === undefined) return;
    const { field, ...piece } = row;
    const text = asString(event[field]);
    if (text === undefined) return;
    this.#start();
    this.#items.add(event, { ...piece, text });
  }

  #note(response: Fields): void {
    this.#model = asString(response["model"]) || this.#model;
    this.#items.answerId = asString(response["id"]) || this.#items.answerId;
    this.#spent = readUsage(response, this.#spent);
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#items.writer.start(this.#model, this.#items.answerId || undefined);
  }

  /** The response as it is at its end. */
  #settle(response: Fields, status: string): void {
    const { error } = response;
    if (status === "failed" || isObject(error)) throw errorFromBody({ error });
    if (status === "cancelled") throw new ModelError("interrupted", "the provider cancelled the answer");
    if (status !== "completed" && status !== "incomplete")
      throw new ModelError("bad-response", `the answer is not finished: status ${status.slice(0, 80)}`);
    this.#note(response);
    this.#start();
    this.#items.settle(asArray(response["output"]) ?? []);
    this.#ending = status === "completed" ? "stop" : asString(asObject(response["incomplete_details"])?.["reason"]) || "incomplete";
  }

  #finish(ending: string): void {
    this.#items.closeAll();
    const { empty, called, refused } = this.#items;
    this.#items.writer.finish(finishOf(ending, { empty, calls: called, refused }), this.#spent.usage, this.#spent.costUsd);
  }
}

type PieceRow = Omit<ItemPiece, "text"> & { readonly field: string };

/** The events that hold text, with the names that older servers give them. */
const PIECES: ReadonlyMap<string, PieceRow> = new Map<string, PieceRow>([
  ["response.output_text.delta", { kind: "message", part: "text", field: "delta", whole: false }],
  ["response.output_text.done", { kind: "message", part: "text", field: "text", whole: true }],
  ["response.refusal.delta", { kind: "message", part: "refusal", field: "delta", whole: false }],
  ["response.refusal.done", { kind: "message", part: "refusal", field: "refusal", whole: true }],
  ["response.reasoning_summary_text.delta", { kind: "reasoning", part: "summary", field: "delta", whole: false }],
  ["response.reasoning_summary_text.done", { kind: "reasoning", part: "summary", field: "text", whole: true }],
  ["response.reasoning_text.delta", { kind: "reasoning", part: "content", field: "delta", whole: false }],
  ["response.reasoning_text.done", { kind: "reasoning", part: "content", field: "text", whole: true }],
  ["response.reasoning.delta", { kind: "reasoning", part: "content", field: "delta", whole: false }],
  ["response.reasoning.done", { kind: "reasoning", part: "content", field: "text", whole: true }],
  ["response.function_call_arguments.delta", { kind: "function_call", part: "arguments", field: "delta", whole: false }],
  ["response.function_call_arguments.done", { kind: "function_call", part: "arguments", field: "arguments", whole: true }],
  ["response.custom_tool_call_input.delta", { kind: "custom_tool_call", part: "arguments", field: "delta", whole: false }],
  ["response.custom_tool_call_input.done", { kind: "custom_tool_call", part: "arguments", field: "input", whole: true }],
]);
