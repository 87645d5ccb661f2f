import { toolCallId, type ToolCallId } from "#model/ids.ts";
import type {
  AssistantBlock,
  CacheMark,
  ImageBlock,
  Message,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  UserMessage,
} from "#model/message.ts";
import { toCarry, toJson, toJsonObject } from "#wires/bedrock-converse/carry.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, objectAt, objectField, required, stringField, wrongField } from "#wires/openai-chat/request-fields.ts";

export function decodeMessages(body: Place): readonly Message[] {
  const names = new Map<ToolCallId, string>();
  return required(listField(body, "messages"), "messages").flatMap((item, at) => {
    const message = objectAt(item, `messages[${at}]`);
    const blocks = blocksOf(message, "content");
    switch (stringField(message, "role")) {
      case "user":
        return decodeUser(blocks, names);
      case "assistant":
        return [decodeAssistant(blocks, names)];
      default:
        throw wrongField(`messages[${at}].role`, `must be "user" or "assistant"`);
    }
  });
}

/** The blocks of a system prompt. */
export const decodeSystem = (body: Place): readonly TextBlock[] =>
  blocksOf(body, "system").map((found) => {
    if (found.name !== "text") throw wrongField(found.place.path + found.name, "is not supported here: only text is");
    return decodeText(found);
  });

/** A content block by its only field, and the mark that stood behind it. */
type Found = { readonly place: Place; readonly name: string; mark?: CacheMark };

function blocksOf(place: Place, field: string): readonly Found[] {
  const found: Found[] = [];
  for (const [at, item] of (listField(place, field) ?? []).entries()) {
    const block = objectAt(item, `${place.path}${field}[${at}]`);
    const name = Object.keys(block.fields).find((key) => block.fields[key] !== null && block.fields[key] !== undefined);
    if (name === undefined) throw wrongField(`${place.path}${field}[${at}]`, "is empty");
    const last = found.at(-1);
    if (name !== "cachePoint") found.push({ place: block, name });
    else if (last !== undefined) last.mark = { ttl: toJsonObject(block.fields.cachePoint)?.ttl === "1h" ? "1h" : "5m" };
  }
  return found;
}

/** One turn of the user may hold the results of calls and new words: two messages here. */
function decodeUser(blocks: readonly Found[], names: ReadonlyMap<ToolCallId, string>): readonly Message[] {
  const results: ToolResultBlock[] = [];
  const said: UserMessage["content"][number][] = [];
  for (const found of blocks) {
    if (found.name === "toolResult") results.push(decodeResult(found, names));
    else said.push(decodeContent(found));
  }
  return [
    ...(results.length === 0 ? [] : [{ role: "tool", content: results } as const]),
    ...(said.length === 0 && results.length > 0 ? [] : [{ role: "user", content: said } as const]),
  ];
}

function decodeResult({ place, mark }: Found, names: ReadonlyMap<ToolCallId, string>): ToolResultBlock {
  const result = memberOf(place, "toolResult");
  const callId = toolCallId(required(stringField(result, "toolUseId"), `${result.path}toolUseId`));
  return {
    type: "tool-result",
    callId,
    name: names.get(callId) ?? "",
    content: blocksOf(result, "content").map(decodeContent),
    isError: stringField(result, "status") === "error",
    ...markOf(mark),
  };
}

function decodeContent(found: Found): TextBlock | ImageBlock {
  switch (found.name) {
    case "text":
      return decodeText(found);
    case "json":
      return { type: "text", text: JSON.stringify(found.place.fields.json), ...markOf(found.mark) };
    case "image":
      return decodeImage(found);
    default:
      throw wrongField(found.place.path + found.name, "is not supported here: only text, json, image and toolResult are");
  }
}

const decodeText = ({ place, mark }: Found): TextBlock => ({ type: "text", text: stringField(place, "text") ?? "", ...markOf(mark) });

function decodeImage({ place, mark }: Found): ImageBlock {
  const image = memberOf(place, "image");
  const source = memberOf(image, "source");
  return {
    type: "image",
    mediaType: `image/${required(stringField(image, "format"), `${image.path}format`)}`,
    data: required(stringField(source, "bytes"), `${source.path}bytes`),
    ...markOf(mark),
  };
}

function decodeAssistant(blocks: readonly Found[], names: Map<ToolCallId, string>): Message {
  const content = blocks.map(decodeBlock);
  for (const block of content) if (block.type === "tool-call") names.set(block.id, block.name);
  return { role: "assistant", content };
}

function decodeBlock(found: Found): AssistantBlock {
  const { place, name } = found;
  switch (name) {
    case "text":
      return decodeText(found);
    case "reasoningContent":
      return decodeReasoning(memberOf(place, name));
    case "toolUse":
      return decodeCall(memberOf(place, name));
    case "citationsContent": {
      const cited = memberOf(place, name);
      const text = blocksOf(cited, "content").map((part) => decodeText(part).text);
      const citations = (listField(cited, "citations") ?? []).map(toJson);
      return { type: "text", text: text.join(""), ...markOf(found.mark), carry: toCarry({ citations }) };
    }
    default:
      return { type: "opaque", carry: toCarry({ block: toJsonObject(place.fields) ?? {} }) };
  }
}

function decodeReasoning(reasoning: Place): AssistantBlock {
  const redacted = stringField(reasoning, "redactedContent");
  if (redacted !== undefined) return { type: "reasoning", text: "", carry: toCarry({ redacted }) };
  const said = memberOf(reasoning, "reasoningText");
  const signature = stringField(said, "signature") ?? "";
  return { type: "reasoning", text: stringField(said, "text") ?? "", ...(signature === "" ? {} : { carry: toCarry({ signature }) }) };
}

function decodeCall(call: Place): ToolCallBlock {
  const executed = stringField(call, "type") === "server_tool_use";
  return {
    type: "tool-call",
    id: toolCallId(required(stringField(call, "toolUseId"), `${call.path}toolUseId`)),
    name: required(stringField(call, "name"), `${call.path}name`),
    json: JSON.stringify(objectField(call, "input")?.fields ?? {}),
    ...(executed ? { carry: toCarry({ type: "server_tool_use" }), providerExecuted: true } : {}),
  };
}

const memberOf = (place: Place, name: string): Place => required(objectField(place, name), place.path + name);

const markOf = (mark: CacheMark | undefined): { readonly cache?: CacheMark } => (mark === undefined ? {} : { cache: mark });
