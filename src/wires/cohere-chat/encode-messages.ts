import { isObject, parseJson, type Json, type JsonObject } from "#base/json.ts";
import {
  textOf,
  toolCallsOf,
  type AssistantMessage,
  type ImageBlock,
  type Message,
  type TextBlock,
  type ToolCallBlock,
  type ToolMessage,
  type ToolResultBlock,
} from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { citationsOf, isOwn } from "#wires/cohere-chat/carry.ts";

/** The conversation with its system text. A message with nothing that this wire can carry is left out: an empty one is refused. */
export function encodeMessages({ system = [], messages }: ModelRequest): readonly JsonObject[] {
  const rules = joined(system);
  return [...(rules === "" ? [] : [{ role: "system", content: rules }]), ...messages.flatMap(encodeMessage)];
}

const joined = (blocks: readonly TextBlock[]): string => blocks.flatMap(({ text }) => (text === "" ? [] : [text])).join("\n\n");

function encodeMessage(message: Message): readonly JsonObject[] {
  switch (message.role) {
    case "user":
      return encodeUser(message.content);
    case "assistant":
      return encodeAssistant(message);
    case "tool":
      return encodeResults(message);
  }
}

function encodeUser(blocks: readonly (TextBlock | ImageBlock)[]): readonly JsonObject[] {
  const parts = blocks.flatMap(encodePart);
  return parts.length === 0 ? [] : [{ role: "user", content: plainWherePossible(parts) }];
}

const encodePart = (block: TextBlock | ImageBlock): readonly JsonObject[] =>
  block.type === "image" ? [{ type: "image_url", image_url: { url: `data:${block.mediaType};base64,${block.data}` } }] : textParts([block]);

const textParts = (blocks: readonly TextBlock[]): readonly JsonObject[] =>
  blocks.flatMap(({ text }) => (text === "" ? [] : [{ type: "text", text }]));

/** One text is sent as a string: older models know no other form. */
function plainWherePossible(parts: readonly JsonObject[]): Json {
  const [first, ...others] = parts;
  return others.length === 0 && first?.["type"] === "text" ? (first["text"] ?? "") : parts;
}

/** Text beside calls is what the model planned to do with them: it has a field of its own. */
function encodeAssistant(message: AssistantMessage): readonly JsonObject[] {
  const calls = toolCallsOf(message).filter(({ providerExecuted }) => providerExecuted !== true);
  const plan = calls.length === 0 ? "" : textOf(message);
  const content = message.content.flatMap((block): readonly JsonObject[] => {
    // Thinking is sent back to the wire that gave it and to no other.
    if (block.type === "reasoning") return isOwn(block.carry) && block.text !== "" ? [{ type: "thinking", thinking: block.text }] : [];
    return block.type === "text" && calls.length === 0 ? textParts([block]) : [];
  });
  // Thinking alone was cut before anything was said.
  if (calls.length === 0 && !content.some(({ type }) => type === "text")) return [];
  const citations = message.content.flatMap(({ carry }) => citationsOf(carry));
  return [
    {
      role: "assistant",
      ...(content.length === 0 ? {} : { content: plainWherePossible(content) }),
      ...(plan === "" ? {} : { tool_plan: plan }),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(encodeCall) }),
      ...(citations.length === 0 ? {} : { citations }),
    },
  ];
}

const encodeCall = ({ id, name, json }: ToolCallBlock): JsonObject => ({
  id,
  type: "function",
  function: { name, arguments: encodeArguments(json) },
});

/** The server parses the arguments of old calls and wants an object: what is none is kept as text within one. */
function encodeArguments(json: string): string {
  if (json.trim() === "") return "{}";
  return isObject(parseJson(json)) ? json : JSON.stringify({ unparsed_arguments: json });
}

/** One message a result. Images, which a result cannot hold here, follow in a message of the user. */
function encodeResults({ content }: ToolMessage): readonly JsonObject[] {
  const results = content.map((result) => ({ role: "tool", tool_call_id: result.callId, content: resultText(result) }));
  return [...results, ...encodeUser(content.flatMap(imagesOf))];
}

function resultText({ content, isError }: ToolResultBlock): string {
  const text = joined(content.filter((block) => block.type === "text"));
  return isError && !/^error\b/i.test(text) ? `Error: ${text}` : text;
}

function imagesOf({ name, content }: ToolResultBlock): readonly (TextBlock | ImageBlock)[] {
  const images = content.filter((block) => block.type === "image");
  return images.length === 0 ? [] : [{ type: "text", text: `What the tool ${name} shows:` }, ...images];
}
