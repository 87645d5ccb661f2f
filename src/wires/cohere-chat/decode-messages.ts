import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, ImageBlock, Message, TextBlock, ToolCallBlock, ToolResultBlock } from "#model/message.ts";
import { citationsCarry, THINKING } from "#wires/cohere-chat/carry.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, objectAt, objectField, required, stringField, wrongField } from "#wires/openai-chat/request-fields.ts";

/**
 * A client's messages. System messages at the start are the system text; later ones become messages of the user, to keep their place.
 * Results that follow each other are one message. A result's name comes from the call that it answers.
 */
export function decodeMessages(items: readonly unknown[]): {
  readonly system: readonly TextBlock[];
  readonly messages: readonly Message[];
} {
  if (items.length === 0) throw wrongField("messages", "must hold at least one message");
  const system: TextBlock[] = [];
  const messages: Message[] = [];
  const names = new Map<string, string>();
  for (const [at, item] of items.entries()) {
    const place = objectAt(item, `messages[${at}]`);
    switch (required(stringField(place, "role"), `${place.path}role`)) {
      case "system":
        if (messages.length === 0) system.push(...textsOf(place));
        else messages.push({ role: "user", content: textsOf(place) });
        break;
      case "user":
        messages.push({ role: "user", content: partsOf(place, "content").map(decodePart) });
        break;
      case "assistant": {
        const content = decodeAssistant(place);
        for (const block of content) if (block.type === "tool-call") names.set(block.id, block.name);
        messages.push({ role: "assistant", content });
        break;
      }
      case "tool":
        addResult(messages, decodeResult(place, names));
        break;
      default:
        throw wrongField(`${place.path}role`, "must be system, user, assistant or tool");
    }
  }
  return { system, messages };
}

/** A string counts as one part of text; an empty one as none. */
function partsOf(place: Place, name: string): readonly Place[] {
  const value = place.fields[name];
  const path = `${place.path}${name}`;
  if (value === "") return [];
  if (typeof value === "string") return [{ fields: { type: "text", text: value }, path: `${path}.` }];
  return (listField(place, name) ?? []).map((part, at) => objectAt(part, `${path}[${at}]`));
}

const textsOf = (place: Place): readonly TextBlock[] =>
  partsOf(place, "content").map((part) => {
    const block = decodePart(part);
    if (block.type === "text") return block;
    throw wrongField(`${part.path}type`, "only the user may send images");
  });

function decodePart(part: Place): TextBlock | ImageBlock {
  switch (stringField(part, "type")) {
    case "text":
      return { type: "text", text: stringField(part, "text") ?? "" };
    case "image_url":
      return decodeImage(part);
    case "document":
      return { type: "text", text: documentText(part) };
    default:
      throw wrongField(`${part.path}type`, "must be text, image_url or document");
  }
}

function decodeImage(part: Place): ImageBlock {
  const path = `${part.path}image_url`;
  const url = required(stringField(required(objectField(part, "image_url"), path), "url"), `${path}.url`);
  const comma = url.indexOf(",");
  const head = /^data:([^;,\s]+)(?:;[^;,]+)*;base64$/i.exec(url.slice(0, Math.max(0, Math.min(comma, HEAD_CHARACTERS))));
  if (head?.[1] === undefined) throw wrongField(`${path}.url`, "must be a data: URL in base64; images at an address are not fetched");
  return { type: "image", mediaType: head[1].toLowerCase(), data: url.slice(comma + 1) };
}

/** The head of a data: URL is never longer. */
const HEAD_CHARACTERS = 200;

/** What a tool returned as a document: its data, as text or as an object of any shape. */
function documentText(part: Place): string {
  const document = required(objectField(part, "document"), `${part.path}document`);
  const { data } = document.fields;
  return typeof data === "string" ? data : JSON.stringify(required(objectField(document, "data"), `${document.path}data`).fields);
}

/** Thinking comes first and the plan before the other text, as they were told. */
function decodeAssistant(place: Place): readonly AssistantBlock[] {
  const parts = partsOf(place, "content");
  const thoughts = parts.flatMap((part): readonly AssistantBlock[] =>
    stringField(part, "type") === "thinking" ? [{ type: "reasoning", text: stringField(part, "thinking") ?? "", carry: THINKING }] : [],
  );
  const plan = stringField(place, "tool_plan") ?? "";
  const texts: readonly TextBlock[] = [
    ...(plan === "" ? [] : [{ type: "text", text: plan } as const]),
    ...parts.flatMap((part) => (stringField(part, "type") === "thinking" ? [] : [{ type: "text", text: answerText(part) } as const])),
  ];
  const carry = citationsCarry(listField(place, "citations") ?? []);
  const last = texts.at(-1);
  return [
    ...thoughts,
    ...(carry === undefined || last === undefined ? texts : [...texts.slice(0, -1), { ...last, carry }]),
    ...(listField(place, "tool_calls") ?? []).map((call, at) => decodeCall(objectAt(call, `${place.path}tool_calls[${at}]`))),
  ];
}

function answerText(part: Place): string {
  if (stringField(part, "type") !== "text") throw wrongField(`${part.path}type`, "must be text or thinking");
  return stringField(part, "text") ?? "";
}

function decodeCall(place: Place): ToolCallBlock {
  const called = required(objectField(place, "function"), `${place.path}function`);
  return {
    type: "tool-call",
    id: toolCallId(required(stringField(place, "id"), `${place.path}id`)),
    name: required(stringField(called, "name"), `${called.path}name`),
    json: stringField(called, "arguments") ?? "",
  };
}

function decodeResult(place: Place, names: ReadonlyMap<string, string>): ToolResultBlock {
  const id = required(stringField(place, "tool_call_id"), `${place.path}tool_call_id`);
  const content = textsOf(place);
  return { type: "tool-result", callId: toolCallId(id), name: names.get(id) ?? "unknown", content, isError: false };
}

function addResult(messages: Message[], result: ToolResultBlock): void {
  const last = messages.at(-1);
  if (last?.role === "tool") messages[messages.length - 1] = { role: "tool", content: [...last.content, result] };
  else messages.push({ role: "tool", content: [result] });
}
