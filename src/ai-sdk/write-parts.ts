import type { Finish, StreamEvent, ToolDelta } from "#model/event.ts";
import type { AssistantBlock, AssistantMessage, Carry } from "#model/message.ts";
import type { Usage } from "#model/usage.ts";
import { toOwnMetadata } from "#ai-sdk/own-metadata.ts";
import type { V4Content, V4FinishReason, V4Metadata, V4StreamPart, V4Usage, V4Whole } from "#ai-sdk/v4.ts";

type Author = NonNullable<AssistantMessage["from"]>;

type OpenBlock =
  | { readonly type: "text" | "reasoning" }
  | { readonly type: "tool-call"; readonly head: ToolDelta; readonly pieces: string[] };

/** Tells our events as the AI SDK's stream parts; blocks have their index for id, calls their own. */
export class PartWriter {
  readonly #author: Author;
  readonly #blocks = new Map<number, OpenBlock>();

  constructor(author: Author) {
    this.#author = author;
  }

  write(event: StreamEvent): readonly V4StreamPart[] {
    switch (event.type) {
      case "start":
        return [{ type: "response-metadata", modelId: event.model, ...(event.id === undefined ? {} : { id: event.id }) }];
      case "text-delta":
      case "reasoning-delta":
        return this.#say(event.type === "text-delta" ? "text" : "reasoning", event.index, event.text);
      case "tool-delta":
        return this.#call(event);
      case "opaque":
        return [opaquePart(this.#author, event.carry)];
      case "block-end":
        return this.#close(event.index, event.carry);
      case "finish":
        return [{ type: "finish", ...finishOf(event) }];
    }
  }

  #say(type: "text" | "reasoning", index: number, delta: string): readonly V4StreamPart[] {
    const id = String(index);
    const piece: V4StreamPart = { type: `${type}-delta`, id, delta };
    if (this.#blocks.has(index)) return [piece];
    this.#blocks.set(index, { type });
    return [{ type: `${type}-start`, id }, piece];
  }

  #call(event: ToolDelta): readonly V4StreamPart[] {
    const { index, id, name, json } = event;
    const parts: V4StreamPart[] = [];
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = { type: "tool-call", head: event, pieces: [] };
      this.#blocks.set(index, block);
      parts.push({ type: "tool-input-start", id, toolName: name, ...executed(event.providerExecuted) });
    }
    if (block.type === "tool-call") block.pieces.push(json);
    if (json !== "") parts.push({ type: "tool-input-delta", id, delta: json });
    return parts;
  }

  #close(index: number, carry: Carry | undefined): readonly V4StreamPart[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (block === undefined) return [];
    const told = metadataOf(this.#author, block.type, carry);
    if (block.type !== "tool-call") return [{ type: `${block.type}-end`, id: String(index), ...told }];
    const { id, name, providerExecuted } = block.head;
    return [{ type: "tool-input-end", id }, callPart({ id, name, json: block.pieces.join(""), providerExecuted }, told)];
  }
}

/** A whole answer's blocks as the AI SDK's content. */
export const contentOf = (author: Author, message: AssistantMessage): V4Content[] => message.content.map((block) => wholeOf(author, block));

function wholeOf(author: Author, block: AssistantBlock): V4Content {
  const told = metadataOf(author, block.type, block.carry);
  switch (block.type) {
    case "text":
    case "reasoning":
      return { type: block.type, text: block.text, ...told };
    case "tool-call":
      return callPart(block, told);
    case "opaque":
      return opaquePart(author, block.carry);
  }
}

type Told = { readonly providerMetadata?: V4Metadata };

/** Reasoning always names its author: it goes back to nobody else. */
const metadataOf = (author: Author, type: AssistantBlock["type"], carry: Carry | undefined): Told =>
  carry === undefined && type !== "reasoning" ? {} : { providerMetadata: toOwnMetadata(author, carry) };

type Call = { readonly id: string; readonly name: string; readonly json: string; readonly providerExecuted?: boolean | undefined };

const callPart = ({ id, name, json, providerExecuted }: Call, told: Told): V4Whole => ({
  type: "tool-call",
  toolCallId: id,
  toolName: name,
  input: json.trim() === "" ? "{}" : json,
  ...executed(providerExecuted),
  ...told,
});

/** The caller has no such tool: only a dynamic one may be unknown to it. */
const executed = (providerExecuted: boolean | undefined) => (providerExecuted === true ? { providerExecuted, dynamic: true } : {});

const opaquePart = (author: Author, carry: Carry): V4Whole => ({
  type: "custom",
  kind: "factory.opaque",
  providerMetadata: toOwnMetadata(author, carry),
});

/** What both forms of an answer end with. */
export const finishOf = ({ reason, usage, costUsd }: Omit<Finish, "type">): Told & { finishReason: V4FinishReason; usage: V4Usage } => ({
  finishReason: { unified: reason, raw: reason },
  usage: usageOf(usage),
  ...(costUsd === undefined ? {} : { providerMetadata: { factory: { costUsd } } }),
});

const usageOf = ({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens }: Usage): V4Usage => ({
  inputTokens: {
    total: inputTokens ?? undefined,
    noCache: inputTokens === null ? undefined : Math.max(0, inputTokens - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0)),
    cacheRead: cacheReadTokens ?? undefined,
    cacheWrite: cacheWriteTokens ?? undefined,
  },
  outputTokens: {
    total: outputTokens ?? undefined,
    text: outputTokens === null ? undefined : Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    reasoning: reasoningTokens ?? undefined,
  },
});
