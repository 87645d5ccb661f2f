import { asNumber, isObject, parseJson } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { FinishReason, StreamEvent } from "#model/event.ts";
import { toolCallId } from "#model/ids.ts";
import type { Usage } from "#model/usage.ts";
import { EventWriter } from "#wires/event-writer.ts";
import { partToCarry, toCarry, type Speaker } from "#ai-sdk/carry.ts";
import type { V4FinishReason, V4Metadata, V4StreamPart, V4Usage, V4Warning } from "#ai-sdk/v4.ts";

type ReaderOptions = {
  readonly speaker: Speaker;
  readonly warn?: ((message: string) => void) | undefined;
};

type OpenBlock = { said: boolean; metadata: V4Metadata | undefined };
type OpenCall = { readonly name: string; readonly executed: boolean; readonly text: boolean; json: string; told: string };
type PartOf<Type extends V4StreamPart["type"], Part = V4StreamPart> = Part extends { readonly type: infer T }
  ? Type extends T
    ? Part
    : never
  : never;

/**
 * Reads the parts of one streamed answer. Blocks without a word and without metadata give nothing. Calls that the provider ran itself, and
 * those that come as plain text, are told when they are whole.
 */
export class PartReader {
  readonly #speaker: Speaker;
  readonly #warn: (message: string) => void;
  readonly #writer = new EventWriter<string>();
  readonly #blocks = new Map<string, OpenBlock>();
  readonly #calls = new Map<string, OpenCall>();
  #started = false;
  #done = false;

  constructor({ speaker, warn = () => undefined }: ReaderOptions) {
    this.#speaker = speaker;
    this.#warn = warn;
  }

  /** Whether `finish` was read. */
  get done(): boolean {
    return this.#done;
  }

  /** The events that this part completes. Throws `ModelError` (`interrupted`) for a finish that says that the answer was cut. */
  push(part: V4StreamPart): readonly StreamEvent[] {
    this.#take(part);
    return this.#writer.take();
  }

  #take(part: V4StreamPart): void {
    switch (part.type) {
      case "stream-start":
        for (const warning of part.warnings) this.#warn(printWarning(warning));
        return;
      case "response-metadata":
        this.#start(part.modelId, part.id);
        return;
      case "text-start":
      case "reasoning-start":
        this.#blocks.set(keyOf(part), { said: false, metadata: part.providerMetadata });
        return;
      case "text-delta":
      case "reasoning-delta":
        this.#say(part);
        return;
      case "text-end":
      case "reasoning-end":
        this.#close(part);
        return;
      case "tool-input-start":
        this.#openCall(part);
        return;
      case "tool-input-delta":
        this.#addInput(part);
        return;
      case "tool-call":
        this.#closeCall(part);
        return;
      case "finish":
        this.#finish(part);
        return;
      case "tool-result":
        if (part.preliminary !== true) this.#opaque(part);
        return;
      case "custom":
        if (!BOOKKEEPING.has(part.kind)) this.#opaque(part);
        return;
      case "file":
      case "reasoning-file":
      case "source":
      case "tool-approval-request":
        this.#opaque(part);
        return;
      case "tool-input-end":
      case "ping":
      case "raw":
      case "error":
        return;
    }
  }

  #start(model: string = this.#speaker.model, id?: string): void {
    if (this.#started) return;
    this.#started = true;
    this.#writer.start(model, id);
  }

  #say(part: PartOf<"text-delta">): void {
    const key = keyOf(part);
    const block = this.#blocks.get(key) ?? { said: false, metadata: undefined };
    this.#blocks.set(key, block);
    block.metadata = part.providerMetadata ?? block.metadata;
    if (part.delta === "") return;
    this.#start();
    block.said = true;
    if (part.type === "text-delta") this.#writer.text(key, part.delta);
    else this.#writer.reasoning(key, part.delta);
  }

  #close(part: PartOf<"text-end">): void {
    const key = keyOf(part);
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    const metadata = part.providerMetadata ?? block.metadata;
    if (!block.said && metadata === undefined) return;
    this.#start();
    if (!block.said && part.type === "text-end") {
      this.#opaque({ type: "text", text: "", providerMetadata: metadata ?? {} });
      return;
    }
    if (!block.said) this.#writer.reasoning(key, "");
    this.#writer.close(key, metadata === undefined ? undefined : toCarry(this.#speaker, metadata));
  }

  #openCall({ id, toolName, inputEncoding, providerExecuted }: PartOf<"tool-input-start">): void {
    this.#start();
    const executed = providerExecuted === true;
    const call: OpenCall = { name: toolName, executed, text: inputEncoding === "text", json: "", told: "" };
    this.#calls.set(id, call);
    if (!call.executed && !call.text) this.#writer.tool(callKey(id), { id: toolCallId(id), name: toolName }, "");
  }

  #addInput({ id, delta }: PartOf<"tool-input-delta">): void {
    const call = this.#calls.get(id);
    if (call === undefined) return;
    call.json += delta;
    if (call.executed || call.text || delta === "") return;
    call.told += delta;
    this.#writer.tool(callKey(id), { id: toolCallId(id), name: call.name }, delta);
  }

  /** The whole input may go on where its deltas ended; what differs from them cannot be taken back, and the deltas stand. */
  #closeCall(part: PartOf<"tool-call">): void {
    this.#start();
    const { toolCallId: id, toolName, providerExecuted, providerMetadata } = part;
    const input = objectIn(part.input);
    const told = this.#calls.get(id)?.told ?? "";
    this.#calls.delete(id);
    const executed = providerExecuted === true ? ({ providerExecuted: true } as const) : {};
    const rest = input.startsWith(told) ? input.slice(told.length) : "";
    const head = { id: toolCallId(id), name: toolName, ...executed };
    if (rest !== "" || !this.#writer.isOpen(callKey(id))) this.#writer.tool(callKey(id), head, rest);
    this.#writer.close(callKey(id), providerMetadata === undefined ? undefined : toCarry(this.#speaker, providerMetadata));
  }

  #opaque(part: Parameters<typeof partToCarry>[1]): void {
    this.#start();
    this.#writer.opaque(partToCarry(this.#speaker, part));
  }

  #finish({ finishReason, usage, providerMetadata }: PartOf<"finish">): void {
    const reason = reasonOf(finishReason);
    this.#start();
    this.#done = true;
    this.#writer.finish(reason, usageOf(usage), costOf(providerMetadata));
  }
}

/** Parts that are no part of the answer and that no package wants back. */
const BOOKKEEPING: ReadonlySet<string> = new Set(["anthropic.message_start"]);

/** Ids of texts and of reasoning may be the same. */
const keyOf = ({ type, id }: { readonly type: string; readonly id: string }): string => `${type.split("-", 1)[0]} ${id}`;

/** What a tool that takes plain text is given comes as one JSON string; for everyone here it is `{ input }`. */
function objectIn(input: string): string {
  const value = input.startsWith('"') ? parseJson(input) : undefined;
  return typeof value === "string" ? JSON.stringify({ input: value }) : input;
}

const callKey = (id: string): string => `call ${id}`;

function printWarning(warning: V4Warning): string {
  switch (warning.type) {
    case "unsupported":
    case "compatibility":
      return `${warning.feature}: ${warning.details ?? (warning.type === "unsupported" ? "not supported" : "supported in part")}`;
    case "deprecated":
      return `${warning.setting} is deprecated: ${warning.message}`;
    case "other":
      return warning.message;
  }
}

/** Where a provider's package was told no reason at all, the answer broke off: its server always says one. */
function reasonOf({ unified, raw }: V4FinishReason): FinishReason {
  if (unified === "interrupted" || (unified === "other" && raw === undefined)) {
    throw new ModelError("interrupted", "the answer ended without its end mark");
  }
  return unified;
}

const usageOf = ({ inputTokens, outputTokens }: V4Usage): Usage => ({
  inputTokens: inputTokens.total ?? null,
  outputTokens: outputTokens.total ?? null,
  cacheReadTokens: inputTokens.cacheRead ?? null,
  cacheWriteTokens: inputTokens.cacheWrite ?? null,
  reasoningTokens: outputTokens.reasoning ?? null,
});

/** Where those providers that tell a price in USD tell it. */
const COST_PATHS: readonly (readonly string[])[] = [
  ["factory", "costUsd"],
  ["openrouter", "usage", "cost"],
  ["gateway", "cost"],
];

function costOf(metadata: V4Metadata | undefined): number | undefined {
  for (const path of COST_PATHS) {
    let value: unknown = metadata;
    for (const name of path) value = isObject(value) ? value[name] : undefined;
    const cost = typeof value === "string" && value.trim() !== "" ? asNumber(Number(value)) : asNumber(value);
    if (cost !== undefined) return cost;
  }
  return undefined;
}
