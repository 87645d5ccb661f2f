import type { FinishReason, StreamEvent } from "#model/event.ts";
import type { ToolCallId } from "#model/ids.ts";
import type { Carry } from "#model/message.ts";
import type { Usage } from "#model/usage.ts";

type CallHead = { readonly id: ToolCallId; readonly name: string; readonly providerExecuted?: true };

/**
 * Keeps a decoder's events in order: gives each block the next index, opens it with its first delta and closes it once. `Key` is how the wire
 * tells its blocks apart; a closed key may be used again for a new block.
 */
export class EventWriter<Key extends string | number> {
  #events: StreamEvent[] = [];
  #open = new Map<Key, number>();
  #next = 0;

  start(model: string, id?: string): void {
    this.#events.push(id === undefined ? { type: "start", model } : { type: "start", model, id });
  }

  /** An empty text opens the block and says nothing. */
  text(key: Key, text: string): void {
    const index = this.#index(key);
    if (text !== "") this.#events.push({ type: "text-delta", index, text });
  }

  reasoning(key: Key, text: string): void {
    this.#events.push({ type: "reasoning-delta", index: this.#index(key), text });
  }

  tool(key: Key, head: CallHead, json: string): void {
    this.#events.push({ type: "tool-delta", index: this.#index(key), ...head, json });
  }

  opaque(carry: Carry): void {
    this.#events.push({ type: "opaque", index: this.#next++, carry });
  }

  isOpen(key: Key): boolean {
    return this.#open.has(key);
  }

  close(key: Key, carry?: Carry): void {
    const index = this.#open.get(key);
    if (index === undefined) return;
    this.#open.delete(key);
    this.#events.push(carry === undefined ? { type: "block-end", index } : { type: "block-end", index, carry });
  }

  closeAll(): void {
    for (const key of this.#open.keys()) this.close(key);
  }

  finish(reason: FinishReason, usage: Usage, costUsd?: number): void {
    this.closeAll();
    this.#events.push({ type: "finish", reason, usage, ...(costUsd === undefined ? {} : { costUsd }) });
  }

  /** The events since the last call. */
  take(): readonly StreamEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #index(key: Key): number {
    let index = this.#open.get(key);
    if (index === undefined) {
      index = this.#next++;
      this.#open.set(key, index);
    }
    return index;
  }
}
