import { createHash } from "node:crypto";
import { parseJson, type Json, type JsonObject } from "#base/json.ts";
import type { ToolCallId } from "#model/ids.ts";
import type {
  AssistantBlock,
  AssistantMessage,
  CacheMark,
  ImageBlock,
  Message,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from "#model/message.ts";
import { ownCarry, toJsonObject } from "#wires/bedrock-converse/carry.ts";

/** One content block, named by its only field, and the mark that stands behind it. */
export type WireBlock = { block: JsonObject; mark?: CacheMark };
export type WireTurn = { readonly role: "user" | "assistant"; readonly content: readonly WireBlock[] };

/**
 * The conversation as turns of alternating roles. Left out: blank text (the protocol refuses it) and reasoning that `model` did not sign.
 */
export function encodeMessages(messages: readonly Message[], model: string): readonly WireTurn[] {
  const turns: { role: WireTurn["role"]; content: WireBlock[] }[] = [];
  for (const message of messages) {
    const role = message.role === "assistant" ? "assistant" : "user";
    const content = encodeMessage(message, model);
    if (content.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.content = last.content.concat(content);
    else turns.push({ role, content });
  }
  for (const turn of turns) if (turn.role === "user") turn.content = resultsFirst(turn.content);
  trimPrefill(turns.at(-1));
  return turns;
}

/** Text blocks of a system prompt. */
export const encodeTexts = (blocks: readonly TextBlock[]): readonly WireBlock[] =>
  blocks.filter(isSaid).map(({ text, cache }) => marked({ text }, cache));

function encodeMessage(message: Message, model: string): WireBlock[] {
  switch (message.role) {
    case "user":
      return message.content.filter(isSaid).map((block) => marked(encodeContent(block), block.cache));
    case "tool":
      return message.content.map(encodeResult);
    case "assistant":
      return encodeAssistant(message, model);
  }
}

function encodeAssistant(message: AssistantMessage, model: string): WireBlock[] {
  const signed = isAuthor(message, model);
  const blocks = message.content.map((block) => encodeBlock(block, signed)).filter((block) => block !== undefined);
  // A turn that ends with reasoning is refused: it was cut before it said anything.
  while (blocks.at(-1)?.block.reasoningContent !== undefined) blocks.pop();
  return blocks;
}

/** A signature is good at its own author only. The served id may be the asked one with a date behind it, or the other way round. */
function isAuthor({ from }: AssistantMessage, model: string): boolean {
  return from === undefined || from.model.startsWith(model) || model.startsWith(from.model);
}

function encodeBlock(block: AssistantBlock, signed: boolean): WireBlock | undefined {
  switch (block.type) {
    case "text":
      return isSaid(block) ? marked(encodeSaid(block), block.cache) : undefined;
    case "reasoning":
      return signed ? encodeReasoning(block) : undefined;
    case "tool-call":
      return encodeCall(block);
    case "opaque": {
      const own = toJsonObject(ownCarry(block.carry).block);
      return own === undefined ? undefined : { block: own };
    }
  }
}

function encodeSaid({ text, carry }: TextBlock): JsonObject {
  const { citations } = ownCarry(carry);
  return citations === undefined ? { text } : { citationsContent: { content: [{ text }], citations } };
}

function encodeReasoning({ text, carry }: ReasoningBlock): WireBlock | undefined {
  const { signature, redacted } = ownCarry(carry);
  if (typeof redacted === "string") return { block: { reasoningContent: { redactedContent: redacted } } };
  return typeof signature === "string" ? { block: { reasoningContent: { reasoningText: { text, signature } } } } : undefined;
}

/** A call that another wire's provider ran itself is nothing that this one could place. */
function encodeCall({ id, name, json, carry, providerExecuted }: ToolCallBlock): WireBlock | undefined {
  const { type } = ownCarry(carry);
  if (providerExecuted === true && type === undefined) return undefined;
  return { block: { toolUse: { toolUseId: legalId(id), name, input: toToolInput(json), ...(type === undefined ? {} : { type }) } } };
}

/** The arguments as the object that the protocol wants; text that is not one is kept under `invalid_json`. */
export function toToolInput(json: string): JsonObject {
  if (json.trim() === "") return {};
  return toJsonObject(parseJson(json)) ?? { invalid_json: json };
}

function encodeResult(result: ToolResultBlock): WireBlock {
  const said = result.content.filter(isSaid);
  const content: readonly Json[] = said.length === 0 ? [{ text: NOTHING_SAID }] : said.map(encodeContent);
  const status = result.isError ? { status: "error" } : {};
  // Marks stand between the blocks of a turn only: one within the result goes behind it.
  const mark = result.cache ?? said.findLast((part) => part.cache !== undefined)?.cache;
  return marked({ toolResult: { toolUseId: legalId(result.callId), content, ...status } }, mark);
}

/** The protocol wants something in every result, and no empty text. */
const NOTHING_SAID = "(no output)";

const encodeContent = (block: TextBlock | ImageBlock): JsonObject => (block.type === "text" ? { text: block.text } : encodeImage(block));

/** The protocol knows png, jpeg, gif and webp. */
const encodeImage = ({ mediaType, data }: ImageBlock): JsonObject => ({
  image: { format: mediaType.replace(/^image\//, "").replace(/^jpg$/, "jpeg"), source: { bytes: data } },
});

const marked = (block: JsonObject, mark: CacheMark | undefined): WireBlock => (mark === undefined ? { block } : { block, mark });

const isSaid = (block: TextBlock | ImageBlock): boolean => block.type !== "text" || block.text.trim() !== "";

/** The protocol wants the results of calls before anything else that the user says. */
function resultsFirst(content: readonly WireBlock[]): WireBlock[] {
  const isResult = ({ block }: WireBlock) => block.toolResult !== undefined;
  return [...content.filter(isResult), ...content.filter((each) => !isResult(each))];
}

/** A last turn of the assistant is a beginning to go on from, and it must not end in white space. */
function trimPrefill(turn: { readonly role: string; readonly content: WireBlock[] } | undefined): void {
  const last = turn?.role === "assistant" ? turn.content.at(-1) : undefined;
  if (typeof last?.block.text === "string") last.block = { text: last.block.text.trimEnd() };
}

/** Ids of other wires may hold what this one refuses; the digest keeps two of them apart once they are cleaned. */
function legalId(id: ToolCallId): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(id)) return id;
  const digest = createHash("sha256").update(id).digest("hex").slice(0, 12);
  return `${id.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 40)}_${digest}`;
}
