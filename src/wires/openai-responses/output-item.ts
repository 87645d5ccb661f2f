import { asArray, asObject, asString } from "#base/json.ts";
import type { JsonObject } from "#base/json.ts";
import { toolCallId } from "#model/ids.ts";
import type { Carry } from "#model/message.ts";
import type { EventWriter } from "#wires/event-writer.ts";
import { reasoningMembers, reasoningTexts, toCarry, toJson, toJsonList } from "#wires/openai-responses/carry.ts";
import { FREEFORM_CLOSE, FREEFORM_OPEN, escapePiece } from "#wires/openai-responses/freeform.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The items that the vocabulary has words for, and all others. */
export type ItemKind = "message" | "reasoning" | "function_call" | "custom_tool_call" | "opaque";

const KINDS: readonly ItemKind[] = ["message", "reasoning", "function_call", "custom_tool_call"];

export const kindOf = (type: unknown): ItemKind => KINDS.find((kind) => kind === type) ?? "opaque";

/** The texts that an item is made of, each told apart by a number as well. */
export type PartName = "text" | "refusal" | "summary" | "content" | "arguments";
export type Piece = { readonly part: PartName; readonly number: number; readonly text: string };

/** Where an item is written. `answerId` is empty while it is unknown. */
export type ItemSink = { readonly writer: EventWriter<string>; readonly answerId: string; takeCallId(wanted: string): string };

type Part = { said: string; refusal: boolean; annotations: readonly unknown[] };

/**
 * One item of an answer: as pieces, as whole parts, as a whole item, or as several of these, each of which may repeat the one before. What
 * is new is written, what was said is not said again.
 */
export class OutputItem {
  kind: ItemKind;
  /** Whether the server said that it begins; whether it said that it is done. */
  announced = false;
  done = false;
  readonly #key: string;
  #fields: Fields = {};
  /** The item as it came, once it is done. */
  #whole: Fields = {};
  #parts = new Map<string, Part>();
  #callId = "";
  #closed = false;
  /** Reasoning comes as a summary or as itself; of both only the first one is given. */
  #voice: PartName | undefined;
  #lastPart = "";

  constructor(key: string, kind: ItemKind) {
    this.#key = key;
    this.kind = kind;
  }

  get id(): string {
    return asString(this.#fields["id"]) ?? "";
  }

  get type(): string {
    return asString(this.#fields["type"]) ?? this.kind;
  }

  get serverCallId(): string {
    return asString(this.#fields["call_id"]) ?? "";
  }

  get refused(): boolean {
    return [...this.#parts.values()].some(({ refusal, said }) => refusal && said !== "");
  }

  /** What the server says of it besides its texts; null says nothing. */
  note(fields: Fields): void {
    const told = Object.entries(fields).filter(([, value]) => (value ?? undefined) !== undefined && value !== "");
    this.#fields = { ...this.#fields, ...Object.fromEntries(told) };
  }

  /** Shows a call as soon as its name and its id are known. */
  begin(sink: ItemSink): void {
    if (this.kind === "function_call" || this.kind === "custom_tool_call") this.#writeCall("", sink);
  }

  annotate(number: number, annotation: unknown): void {
    const part = this.#part(number, false);
    part.annotations = [...part.annotations, annotation];
  }

  add({ part, number, text }: Piece, sink: ItemSink): void {
    if (text === "" || this.#closed) return;
    if (this.kind === "reasoning" && part !== (this.#voice ??= part)) return;
    const kept = this.#part(number, part === "refusal");
    kept.said += text;
    this.#write(number, text, sink);
  }

  /** A part as a whole: its end is written where its pieces were its beginning. */
  complete({ part, number, text }: Piece, sink: ItemSink): void {
    const said = this.#parts.get(String(number))?.said ?? "";
    if (text.startsWith(said)) this.add({ part, number, text: text.slice(said.length) }, sink);
  }

  /** The whole item. Reasoning that is not sealed stays open: some servers give its seal at the very end. */
  finish(item: Fields, sink: ItemSink): void {
    this.note(item);
    this.done = true;
    this.#whole = item;
    if (this.#closed) return;
    switch (this.kind) {
      case "message":
        for (const [number, part] of messageParts(item).entries()) this.#completeText(part, number, sink);
        break;
      case "reasoning":
        for (const part of ["summary", "content"] as const) {
          for (const [number, text] of reasoningTexts(item[part]).entries()) this.complete({ part, number, text }, sink);
        }
        if (this.#said() || Object.keys(reasoningMembers(item)).some((name) => name !== "summary")) this.#hold(sink);
        if (this.#fields["encrypted_content"] === undefined) return;
        break;
      case "function_call":
        this.complete({ part: "arguments", number: 0, text: argumentsText(item["arguments"]) }, sink);
        break;
      case "custom_tool_call":
        this.complete({ part: "arguments", number: 0, text: asString(item["input"]) ?? "" }, sink);
        break;
      case "opaque":
        break;
    }
    this.close(sink);
  }

  close(sink: ItemSink): void {
    if (this.#closed) return;
    switch (this.kind) {
      case "message":
        for (const [number, part] of this.#parts) sink.writer.close(this.#blockKey(number), this.#textCarry(part, sink));
        break;
      case "reasoning":
        sink.writer.close(this.#key, carryOf({ item: reasoningMembers(this.#fields) }, sink));
        break;
      case "function_call":
      case "custom_tool_call":
        this.#closeCall(sink);
        break;
      case "opaque":
        if (this.done) sink.writer.opaque(carryOf({ item: toJson(this.#whole) }, sink));
        break;
    }
    this.#closed = true;
  }

  #part(number: number, refusal: boolean): Part {
    let part = this.#parts.get(String(number));
    if (part === undefined) {
      part = { said: "", refusal, annotations: [] };
      this.#parts.set(String(number), part);
    }
    return part;
  }

  #said(): boolean {
    return [...this.#parts.values()].some(({ said }) => said !== "");
  }

  /** A block of its own for each part of a message. */
  #blockKey(number: number | string): string {
    return this.kind === "message" ? `${this.#key}.${number}` : this.#key;
  }

  #write(number: number, text: string, sink: ItemSink): void {
    switch (this.kind) {
      case "message":
        return sink.writer.text(this.#blockKey(number), text);
      case "reasoning": {
        const name = String(number);
        const apart = this.#lastPart !== "" && this.#lastPart !== name;
        this.#lastPart = name;
        return sink.writer.reasoning(this.#key, apart ? `\n\n${text}` : text);
      }
      case "function_call":
      case "custom_tool_call":
        return this.#writeCall(text, sink);
      case "opaque":
        return;
    }
  }

  /** Takes its place among the blocks, although it may show nothing. */
  #hold({ writer }: ItemSink): void {
    if (!writer.isOpen(this.#key)) writer.reasoning(this.#key, "");
  }

  /** A call can be written once its name and its id are known; until then its text waits in its part. */
  #writeCall(text: string, sink: ItemSink): void {
    const open = sink.writer.isOpen(this.#key);
    if (!open && !(asString(this.#fields["name"]) && this.serverCallId !== "")) return;
    this.#sayCall(open ? text : (this.#parts.get("0")?.said ?? ""), sink);
  }

  #closeCall(sink: ItemSink): void {
    if (!sink.writer.isOpen(this.#key)) this.#sayCall(this.#parts.get("0")?.said ?? "", sink);
    const { id, namespace } = this.#fields;
    const custom = this.kind === "custom_tool_call";
    if (custom) sink.writer.tool(this.#key, this.#head(sink), FREEFORM_CLOSE);
    const kept = { ...strings({ id, namespace }), ...(custom ? { custom: true } : {}) };
    sink.writer.close(this.#key, carryOf(kept, sink));
  }

  #sayCall(text: string, sink: ItemSink): void {
    const opening = sink.writer.isOpen(this.#key) ? "" : FREEFORM_OPEN;
    sink.writer.tool(this.#key, this.#head(sink), this.kind === "custom_tool_call" ? opening + escapePiece(text) : text);
  }

  #head(sink: ItemSink) {
    if (this.#callId === "") this.#callId = sink.takeCallId(this.serverCallId || this.id);
    return { id: toolCallId(this.#callId), name: asString(this.#fields["name"]) || "unnamed" };
  }

  #completeText(part: Fields, number: number, sink: ItemSink): void {
    const refusal = asString(part["refusal"]) ?? "";
    this.complete({ part: refusal === "" ? "text" : "refusal", number, text: refusal || (asString(part["text"]) ?? "") }, sink);
    this.notePart(number, part);
  }

  /** The annotations of a whole part are all of them. */
  notePart(number: number, part: Fields): void {
    const annotations = asArray(part["annotations"]) ?? [];
    if (annotations.length > 0) this.#part(number, false).annotations = annotations;
  }

  #textCarry({ annotations, refusal }: Part, sink: ItemSink): Carry {
    const { id, phase } = this.#fields;
    const noted = annotations.length === 0 ? {} : { annotations: toJsonList(annotations) };
    return carryOf({ ...strings({ id, phase }), ...noted, ...(refusal ? { refusal: true } : {}) }, sink);
  }
}

const carryOf = (data: JsonObject, { answerId }: ItemSink): Carry =>
  toCarry({ ...(answerId === "" ? {} : { response: answerId }), ...data });

function strings(members: Fields): JsonObject {
  return toJson(Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === "string" && value !== "")));
}

/** Some servers write a message's text as a plain string. */
function messageParts({ content }: Fields): readonly Fields[] {
  if (typeof content === "string") return [{ text: content }];
  return (asArray(content) ?? []).map((part) => asObject(part) ?? {});
}

function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
