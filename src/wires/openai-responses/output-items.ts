import { asNumber, asObject, asString } from "#base/json.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { OutputItem, kindOf } from "#wires/openai-responses/output-item.ts";
import type { ItemKind, ItemSink, PartName } from "#wires/openai-responses/output-item.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A piece of an item's text, or a whole part of it. */
export type ItemPiece = { readonly kind: ItemKind; readonly part: PartName; readonly text: string; readonly whole: boolean };

/**
 * The items of one answer and which of them an event is about: by its id, or where that is unknown by its place (Azure and Copilot write
 * another id in every event), or where there is neither by being the last of its kind.
 */
export class OutputItems {
  readonly writer = new EventWriter<string>();
  answerId = "";
  #items: OutputItem[] = [];
  #byIndex = new Map<number, OutputItem>();
  #byId = new Map<string, OutputItem>();
  #callIds = new Set<string>();

  get empty(): boolean {
    return this.#items.length === 0;
  }

  get called(): boolean {
    return this.#items.some(({ kind }) => kind === "function_call" || kind === "custom_tool_call");
  }

  get refused(): boolean {
    return this.#items.some(({ refused }) => refused);
  }

  /** `response.output_item.added`. Its texts are not read: they come again. */
  announce(event: Fields): void {
    const fields = asObject(event["item"]) ?? {};
    const kind = kindOf(fields["type"]);
    const known = this.#known(event, kind);
    const item = known === undefined || known.announced || known.done ? this.#open(kind, event) : known;
    item.announced = true;
    item.note(fields);
    this.#name(item, asString(fields["id"]));
    item.begin(this.#sink());
  }

  add(event: Fields, { kind, part, text, whole }: ItemPiece): void {
    const item = this.#of(event, kind);
    const number = asNumber(event[part === "summary" ? "summary_index" : "content_index"]) ?? 0;
    const { name, call_id } = event;
    if (kind === "function_call" || kind === "custom_tool_call") item.note({ name, call_id });
    if (whole) item.complete({ part, number, text }, this.#sink());
    else item.add({ part, number, text }, this.#sink());
  }

  annotate(event: Fields): void {
    const item = this.#of(event, "message");
    item.annotate(asNumber(event["content_index"]) ?? 0, event["annotation"]);
  }

  /** `response.content_part.done`: its text comes again with the item, its annotations do not everywhere. */
  notePart(event: Fields): void {
    const part = asObject(event["part"]) ?? {};
    if (part["type"] === "output_text") this.#of(event, "message").notePart(asNumber(event["content_index"]) ?? 0, part);
  }

  /** `response.output_item.done`. */
  finish(event: Fields): void {
    const fields = asObject(event["item"]);
    if (fields === undefined) return;
    const kind = kindOf(fields["type"]);
    const known = this.#known(event, kind);
    const item = known === undefined || (known.done && known.id !== asString(fields["id"])) ? this.#open(kind, event) : known;
    item.finish(fields, this.#sink());
    this.#name(item, asString(fields["id"]));
  }

  /** The whole output at the end of the answer: all, some or none of it was told before. */
  settle(output: readonly unknown[]): void {
    const whole = output.map((each) => asObject(each)).filter((each) => each !== undefined);
    const ids = new Set(whole.map(({ id }) => asString(id) || undefined));
    const left = [...this.#items];
    for (const fields of whole) {
      const kind = kindOf(fields["type"]);
      const { id, call_id } = fields;
      const at =
        indexOf(left, (item) => item.id !== "" && item.id === id) ??
        indexOf(left, (item) => item.serverCallId !== "" && item.serverCallId === call_id) ??
        indexOf(left, (item) => item.type === fields["type"] && !ids.has(item.id));
      const [known] = at === undefined ? [] : left.splice(at, 1);
      (known ?? this.#open(kind, {})).finish(fields, this.#sink());
    }
  }

  closeAll(): void {
    for (const item of this.#items) item.close(this.#sink());
  }

  #of(event: Fields, kind: ItemKind): OutputItem {
    return this.#known(event, kind) ?? this.#open(kind, event);
  }

  #known(event: Fields, kind: ItemKind): OutputItem | undefined {
    const id = asString(event["item_id"]) ?? asString(asObject(event["item"])?.["id"]) ?? "";
    const index = asNumber(event["output_index"]);
    const placed = index === undefined ? undefined : this.#byIndex.get(index);
    const last = id === "" && index === undefined ? this.#items.at(-1) : undefined;
    return [this.#byId.get(id), placed, last].find((item) => item?.kind === kind);
  }

  #open(kind: ItemKind, event: Fields): OutputItem {
    const item = new OutputItem(String(this.#items.length), kind);
    this.#items.push(item);
    const index = asNumber(event["output_index"]);
    if (index !== undefined) this.#byIndex.set(index, item);
    this.#name(item, asString(event["item_id"]));
    return item;
  }

  #name(item: OutputItem, id: string | undefined): void {
    if (id) this.#byId.set(id, item);
  }

  #sink(): ItemSink {
    return { writer: this.writer, answerId: this.answerId, takeCallId: (wanted) => this.#takeCallId(wanted) };
  }

  /** A call without an id, or with that of another call, gets one of its own that differs from answer to answer. */
  #takeCallId(wanted: string): string {
    const tail = this.answerId.replace(/[^A-Za-z0-9]/g, "").slice(-24);
    const own = ["call", tail, String(this.#callIds.size)].filter((part) => part !== "").join("_");
    const id = wanted === "" || this.#callIds.has(wanted) ? own : wanted;
    this.#callIds.add(id);
    return id;
  }
}

function indexOf(items: readonly OutputItem[], fits: (item: OutputItem) => boolean): number | undefined {
  const at = items.findIndex(fits);
  return at === -1 ? undefined : at;
}
