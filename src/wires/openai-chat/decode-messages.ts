import { asObject } from "#base/json.ts";
import type { Json, JsonObject } from "#base/json.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, CacheMark, Carry, ImageBlock, Message, TextBlock, ToolCallBlock, ToolResultBlock } from "#model/message.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, objectAt, objectField, required, stringField, wrongField } from "#wires/openai-chat/request-fields.ts";

type DecodedMessages = { readonly system: readonly TextBlock[]; readonly messages: readonly Message[] };

/**
 * A client's messages. System and developer messages at the start are the system text; later ones become messages of the user, to keep
 * their place. Results that follow each other are one message. A result's name comes from the call that it answers.
 */
export function decodeMessages(items: readonly unknown[]): DecodedMessages {
  if (items.length === 0) throw wrongField("messages", "must hold at least one message");
  const system: TextBlock[] = [];
  const messages: Message[] = [];
  const calls: ToolCallBlock[] = [];
  for (const [at, item] of items.entries()) {
    const place = objectAt(item, `messages[${at}]`);
    const role = required(stringField(place, "role"), `${place.path}role`);
    switch (role) {
      case "system":
      case "developer":
        if (messages.length === 0) system.push(...textsOf(place));
        else messages.push({ role: "user", content: textsOf(place) });
        break;
      case "user":
        messages.push({ role: "user", content: contentOf(place) });
        break;
      case "assistant": {
        const content = assistantBlocks(place, at);
        calls.push(...content.filter((block) => block.type === "tool-call"));
        messages.push({ role: "assistant", content });
        break;
      }
      case "tool":
      case "function":
        addResult(messages, decodeResult(place, role === "tool" ? callById(place, calls) : callByName(place, calls)));
        break;
      default:
        throw wrongField(`${place.path}role`, `must be system, developer, user, assistant or tool, not ${JSON.stringify(role)}`);
    }
  }
  return { system, messages };
}

function addResult(messages: Message[], result: ToolResultBlock): void {
  const last = messages.at(-1);
  if (last?.role === "tool") messages[messages.length - 1] = { role: "tool", content: [...last.content, result] };
  else messages.push({ role: "tool", content: [result] });
}

type Call = Pick<ToolCallBlock, "id" | "name">;

function callById(place: Place, calls: readonly ToolCallBlock[]): Call {
  const id = required(stringField(place, "tool_call_id"), `${place.path}tool_call_id`);
  const name = calls.findLast((call) => call.id === id)?.name ?? stringField(place, "name") ?? "unknown";
  return { id: toolCallId(id), name };
}

/** The older form names the function instead of the call. */
function callByName(place: Place, calls: readonly ToolCallBlock[]): Call {
  const name = required(stringField(place, "name"), `${place.path}name`);
  const call = calls.findLast((each) => each.name === name);
  if (call === undefined) throw wrongField(`${place.path}name`, `no function ${JSON.stringify(name)} was called before`);
  return call;
}

function decodeResult(place: Place, { id, name }: Call): ToolResultBlock {
  const blocks = contentOf(place);
  const cache = blocks.findLast((block) => block.cache !== undefined)?.cache;
  return {
    type: "tool-result",
    callId: id,
    name,
    content: blocks.map(unmarked),
    isError: false,
    ...(cache === undefined ? {} : { cache }),
  };
}

/** A mark inside a result is the mark of the result. */
const unmarked = (block: TextBlock | ImageBlock): TextBlock | ImageBlock =>
  block.type === "text" ? { type: "text", text: block.text } : { type: "image", mediaType: block.mediaType, data: block.data };

/** Reasoning comes first, as it was thought first. */
function assistantBlocks(place: Place, at: number): readonly AssistantBlock[] {
  const { fields } = place;
  const texts = textsOf(place);
  const refusal = stringField(place, "refusal");
  const extra = carryOf(fields, "extra_content");
  const legacy = objectField(place, "function_call");
  const last = texts.at(-1);
  return [
    ...reasoningBlocks(place),
    ...(extra === undefined || last === undefined ? texts : [...texts.slice(0, -1), { ...last, carry: extra }]),
    ...(refusal === undefined || refusal === "" ? [] : [{ type: "text", text: refusal } as const]),
    ...(listField(place, "tool_calls") ?? []).map((call, nth) => decodeCall(objectAt(call, `${place.path}tool_calls[${nth}]`))),
    ...(legacy === undefined ? [] : [decodeFunction(legacy, `call_${at}`)]),
  ];
}

function reasoningBlocks(place: Place): readonly AssistantBlock[] {
  const names = ["reasoning_content", "reasoning", "reasoning_text"];
  const text = names.map((name) => stringField(place, name)).find((each) => each !== undefined && each.trim() !== "");
  const carry = carryOf(place.fields, "reasoning_details");
  if (text === undefined && carry === undefined) return [];
  return [{ type: "reasoning", text: text ?? "", ...(carry === undefined ? {} : { carry }) }];
}

function carryOf(fields: Place["fields"], name: string): Carry | undefined {
  const value = fields[name] ?? undefined;
  // It came out of JSON.parse, so it is JSON.
  return value === undefined ? undefined : { wire: "openai-chat", data: { [name]: value as Json } satisfies JsonObject };
}

function decodeCall(place: Place): ToolCallBlock {
  const type = stringField(place, "type") ?? "function";
  if (type !== "function") throw wrongField(`${place.path}type`, `only function calls are taken, not ${JSON.stringify(type)}`);
  const called = required(objectField(place, "function"), `${place.path}function`);
  const carry = carryOf(place.fields, "extra_content");
  return { ...decodeFunction(called, required(stringField(place, "id"), `${place.path}id`)), ...(carry === undefined ? {} : { carry }) };
}

const decodeFunction = (place: Place, id: string): ToolCallBlock => ({
  type: "tool-call",
  id: toolCallId(id),
  name: required(stringField(place, "name"), `${place.path}name`),
  json: stringField(place, "arguments") ?? "",
});

function textsOf(place: Place): readonly TextBlock[] {
  return contentOf(place).map((block, at) => {
    if (block.type === "text") return block;
    throw wrongField(`${place.path}content[${at}]`, "only the user and tools may send images");
  });
}

function contentOf(place: Place): readonly (TextBlock | ImageBlock)[] {
  const { content } = place.fields;
  if (typeof content === "string") return content === "" ? [] : [{ type: "text", text: content }];
  const blocks: (TextBlock | ImageBlock)[] = [];
  for (const [at, part] of (listField(place, "content") ?? []).entries()) {
    const block = decodePart(objectAt(part, `${place.path}content[${at}]`));
    if (block.type !== "text" || block.text !== "") blocks.push(block);
  }
  return blocks;
}

function decodePart(place: Place): TextBlock | ImageBlock {
  const type = required(stringField(place, "type"), `${place.path}type`);
  const cache = markOf(place);
  const marked = cache === undefined ? {} : { cache };
  switch (type) {
    case "text":
      return { type: "text", text: stringField(place, "text") ?? "", ...marked };
    case "refusal":
      return { type: "text", text: stringField(place, "refusal") ?? "", ...marked };
    case "image_url":
      return { ...decodeImage(place), ...marked };
    default:
      throw wrongField(`${place.path}type`, `only text and image_url are taken, not ${JSON.stringify(type)}`);
  }
}

function decodeImage(place: Place): ImageBlock {
  const path = `${place.path}image_url`;
  const value = place.fields["image_url"];
  const url = typeof value === "string" ? value : required(stringField(objectAt(value, path), "url"), `${path}.url`);
  const comma = url.indexOf(",");
  const head = /^data:([^;,\s]+)(?:;[^;,]+)*;base64$/i.exec(url.slice(0, Math.max(0, Math.min(comma, 200))));
  if (head?.[1] === undefined) throw wrongField(path, "must be a data: URL in base64; images at an address are not fetched");
  return { type: "image", mediaType: head[1].toLowerCase(), data: url.slice(comma + 1) };
}

function markOf({ fields }: Place): CacheMark | undefined {
  const mark = asObject(fields["cache_control"]);
  return mark === undefined ? undefined : { ttl: mark["ttl"] === "1h" ? "1h" : "5m" };
}
