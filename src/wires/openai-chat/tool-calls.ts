import { asNumber, asObject, asString, isObject, parseJson } from "#base/json.ts";
import type { JsonObject } from "#base/json.ts";
import { toolCallId } from "#model/ids.ts";
import type { Carry } from "#model/message.ts";
import type { EventWriter } from "#wires/event-writer.ts";

/** Where the calls are written, and the id of the answer for calls that come without one of their own. */
type CallSink = { readonly writer: EventWriter<string | number>; readonly answerId: string };

/**
 * Puts streamed tool calls together, in every shape that servers send: pieces told apart by index, by id, by both or by neither; ids and
 * names once, repeated, late or empty; arguments in pieces, whole, null, or as an object. A call is written as soon as its name is known
 * and either its id or a first piece of its arguments.
 */
export class ToolCalls {
  #slots: Slot[] = [];
  #byIndex = new Map<number, Slot>();
  #byId = new Map<string, Slot>();
  #round = 0;

  get any(): boolean {
    return this.#slots.length > 0;
  }

  /** Adds the `tool_calls` of one delta. */
  add(calls: readonly unknown[], sink: CallSink): void {
    this.#round += 1;
    for (const call of calls) {
      if (!isObject(call)) continue;
      const piece = readPiece(call);
      const slot = this.#find(piece);
      this.#fill(slot, piece);
      if (slot.name !== "" && (slot.id !== "" || slot.waiting !== "")) this.#write(slot, sink);
    }
  }

  /** Writes what still waits for a name or an id, and closes the calls. A call of which nothing came but an id is left out. */
  finish(sink: CallSink): void {
    for (const slot of this.#slots) {
      if (slot.name === "" && slot.waiting !== "") slot.name = "unnamed";
      if (slot.name !== "" && (slot.waiting !== "" || !slot.written)) this.#write(slot, sink);
      sink.writer.close(slot.key, slot.extra === undefined ? undefined : carryOf(slot.extra));
    }
  }

  #find(piece: Piece): Slot {
    const { index, id, name } = piece;
    const known = id === "" ? undefined : this.#byId.get(id);
    const last = this.#slots.at(-1);
    const slot =
      index === undefined
        ? (known ?? (id === "" || last?.serverId === "" ? last : undefined))
        : (this.#byIndex.get(index) ?? (name === "" ? known : undefined));
    if (slot === undefined) return this.#open(piece);
    const other = id !== "" && slot.serverId !== "" && slot.serverId !== id;
    if (other && (known !== undefined || name === "")) return known ?? slot;
    return this.#begins(piece, slot) ? this.#open(piece) : slot;
  }

  /** Whether a piece begins another call, although its index or its place says that it belongs to `slot`. */
  #begins({ index, id, name, json }: Piece, slot: Slot): boolean {
    if (name === "") return false;
    const same = id !== "" && id === slot.serverId;
    if (id !== "" && slot.serverId !== "" && !same) return true;
    if (slot.round === this.#round && !(same && index !== undefined)) return true;
    if (same || slot.name === "") return false;
    return name !== slot.name || (json.startsWith("{") && isObject(parseJson(slot.onePiece ?? "")));
  }

  #open({ index }: Piece): Slot {
    const slot: Slot = {
      key: this.#slots.length,
      serverId: "",
      id: "",
      name: "",
      waiting: "",
      written: false,
      round: 0,
      onePiece: "",
      extra: undefined,
    };
    this.#slots.push(slot);
    if (index !== undefined) this.#byIndex.set(index, slot);
    return slot;
  }

  #fill(slot: Slot, { id, name, json, extra }: Piece): void {
    slot.round = this.#round;
    if (id !== "" && slot.serverId === "") {
      slot.serverId = id;
      // A second call under the same id needs one of its own; a call already written keeps the one it has.
      if (!slot.written && !this.#byId.has(id)) slot.id = id;
      if (!this.#byId.has(id)) this.#byId.set(id, slot);
    }
    if (slot.name === "") slot.name = name;
    if (extra !== undefined) slot.extra = extra;
    if (json === "") return;
    slot.waiting += json;
    slot.onePiece = slot.onePiece === "" ? json : undefined;
  }

  #write(slot: Slot, { writer, answerId }: CallSink): void {
    if (slot.written && slot.waiting === "") return;
    if (slot.id === "") slot.id = ownId(answerId, slot.key);
    writer.tool(slot.key, { id: toolCallId(slot.id), name: slot.name }, slot.waiting);
    slot.waiting = "";
    slot.written = true;
  }
}

/**
 * `serverId` is the id as the server wrote it, `id` the one that is given on. `round`: the last delta that added to it. `onePiece`: the
 * arguments while they are one piece (or none, empty). `waiting`: arguments not yet written.
 */
type Slot = {
  readonly key: number;
  serverId: string;
  id: string;
  name: string;
  waiting: string;
  written: boolean;
  round: number;
  onePiece: string | undefined;
  extra: Record<string, unknown> | undefined;
};

type Piece = {
  readonly index: number | undefined;
  readonly id: string;
  readonly name: string;
  readonly json: string;
  readonly extra: Record<string, unknown> | undefined;
};

function readPiece(call: Readonly<Record<string, unknown>>): Piece {
  const called = asObject(call["function"]) ?? call;
  return {
    index: asNumber(call["index"]),
    id: asString(call["id"]) ?? "",
    name: asString(called["name"]) ?? "",
    json: argumentsText(called["arguments"]),
    extra: asObject(call["extra_content"]),
  };
}

function argumentsText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** An id that differs from answer to answer, within the 40 characters and the alphabet that all providers take. */
function ownId(answerId: string, ordinal: number): string {
  const tail = answerId.replace(/[^A-Za-z0-9]/g, "").slice(-24);
  return tail === "" ? `call_${ordinal}` : `call_${tail}_${ordinal}`;
}

// It came out of JSON.parse, so it is JSON.
const carryOf = (extra: Record<string, unknown>): Carry => ({ wire: "openai-chat", data: { extra_content: extra as JsonObject } });
