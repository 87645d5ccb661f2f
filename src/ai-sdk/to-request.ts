import { isObject, type JsonObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, AssistantMessage, CacheMark, ImageBlock, Message, TextBlock, ToolResultBlock } from "#model/message.ts";
import type { ModelRequest, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { authorOf, carryOf } from "#ai-sdk/own-metadata.ts";
import type {
  V4AssistantPart,
  V4CallOptions,
  V4FilePart,
  V4Message,
  V4Metadata,
  V4TextPart,
  V4Tool,
  V4ToolOutput,
  V4ToolResultPart,
  V4Warning,
} from "#ai-sdk/v4.ts";

/**
 * What the AI SDK asks, in our words, and what of it has none. Throws `ModelError` (`bad-request`) for a file in the question that is no
 * image and no text: to leave it out would be another question.
 */
export function toRequest(options: V4CallOptions): { readonly request: ModelRequest; readonly warnings: V4Warning[] } {
  const warnings = warningsOf(options);
  const { maxOutputTokens, temperature, topP, topK, seed, stopSequences, toolChoice, prompt } = options;
  const system = prompt.flatMap((message) => (message.role === "system" ? [systemOf(message)] : []));
  const tools = (options.tools ?? []).flatMap(toolOf);
  const own = options.providerOptions?.["factory"];
  const reasoning = options.reasoning === "provider-default" ? undefined : options.reasoning;
  const responseFormat = formatOf(options);
  const parallel = own?.["parallelToolCalls"];
  const conversation = own?.["conversation"];
  const request: ModelRequest = {
    ...(system.length === 0 ? {} : { system }),
    messages: prompt.flatMap((message) => messageOf(message, warnings)),
    ...(tools.length === 0 ? {} : { tools, ...(toolChoice === undefined ? {} : { toolChoice: choiceOf(toolChoice) }) }),
    ...(typeof parallel === "boolean" ? { parallelToolCalls: parallel } : {}),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
    ...(topK === undefined ? {} : { topK }),
    ...(stopSequences === undefined ? {} : { stop: stopSequences }),
    ...(seed === undefined ? {} : { seed }),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(responseFormat === undefined ? {} : { responseFormat }),
    ...(typeof conversation === "string" ? { conversation } : {}),
  };
  return { request, warnings };
}

function warningsOf({ presencePenalty, frequencyPenalty, tools = [] }: V4CallOptions): V4Warning[] {
  const features = [
    ...(presencePenalty === undefined ? [] : ["presencePenalty"]),
    ...(frequencyPenalty === undefined ? [] : ["frequencyPenalty"]),
    ...tools.flatMap(missingOf),
  ];
  return features.map((feature) => ({ type: "unsupported", feature }));
}

function missingOf(tool: V4Tool): readonly string[] {
  if (tool.type === "provider") return [`the provider's own tool ${tool.id}`];
  const examples = (tool.inputExamples ?? []).length === 0 ? [] : [`inputExamples of the tool ${tool.name}`];
  return tool.strict === undefined ? examples : [...examples, `strict of the tool ${tool.name}`];
}

const systemOf = (message: { readonly content: string; readonly providerOptions?: V4Metadata }): TextBlock => ({
  type: "text",
  text: message.content,
  ...cacheOf(message.providerOptions),
});

function messageOf(message: V4Message, warnings: V4Warning[]): readonly Message[] {
  switch (message.role) {
    case "system":
      return [];
    case "user":
      return [{ role: "user", content: message.content.map(contentOf) }];
    case "assistant":
      return [assistantOf(message.content, warnings)];
    case "tool": {
      const results = message.content.filter((part) => part.type === "tool-result");
      return results.length === 0 ? [] : [{ role: "tool", content: results.map(resultOf) }];
    }
  }
}

function contentOf(part: V4TextPart | V4FilePart): TextBlock | ImageBlock {
  if (part.type === "text") return { type: "text", text: part.text, ...cacheOf(part.providerOptions) };
  const { data, mediaType } = part;
  if (data.type === "text") return { type: "text", text: data.text, ...cacheOf(part.providerOptions) };
  if (data.type === "data" && mediaType.startsWith("text")) {
    return { type: "text", text: Buffer.from(base64Of(data.data), "base64").toString("utf8"), ...cacheOf(part.providerOptions) };
  }
  const image = data.type === "data" && mediaType.startsWith("image") ? imageOf(mediaType, base64Of(data.data)) : undefined;
  if (image !== undefined) return { ...image, ...cacheOf(part.providerOptions) };
  throw new ModelError("bad-request", `a file of type ${mediaType} (given as ${data.type}) cannot be sent`, {
    advice: "Send images and text as data; turn other files into text first.",
  });
}

const base64Of = (data: Uint8Array | string): string => (typeof data === "string" ? data : Buffer.from(data).toString("base64"));

/** How the base64 of each kind of image begins. */
const IMAGE_STARTS: readonly (readonly [string, string])[] = [
  ["iVBORw", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

/** A type without its kind (`image`, or with a star) is told by the first bytes. */
function imageOf(mediaType: string, data: string): ImageBlock | undefined {
  if (/^image\/[^*]/.test(mediaType)) return { type: "image", mediaType, data };
  const [, found] = IMAGE_STARTS.find(([start]) => data.startsWith(start)) ?? [];
  return found === undefined ? undefined : { type: "image", mediaType: found, data };
}

function assistantOf(parts: readonly V4AssistantPart[], warnings: V4Warning[]): AssistantMessage {
  const content = parts.flatMap((part): readonly AssistantBlock[] => {
    const block = blockOf(part);
    if (block === undefined) warnings.push({ type: "unsupported", feature: `a part of type ${part.type} in the model's own message` });
    return block === undefined ? [] : [block];
  });
  const from = parts.map(({ providerOptions }) => authorOf(providerOptions)).find((author) => author !== undefined);
  return { role: "assistant", content, ...(from === undefined ? {} : { from }) };
}

function blockOf(part: V4AssistantPart): AssistantBlock | undefined {
  const carry = carryOf(part.providerOptions);
  const carried = carry === undefined ? {} : { carry };
  switch (part.type) {
    case "text":
      return { type: "text", text: part.text, ...cacheOf(part.providerOptions), ...carried };
    case "reasoning":
      return { type: "reasoning", text: part.text, ...carried };
    case "tool-call": {
      const executed = part.providerExecuted === true ? ({ providerExecuted: true } as const) : {};
      const head = { type: "tool-call", id: toolCallId(part.toolCallId), name: part.toolName } as const;
      return { ...head, json: JSON.stringify(part.input ?? {}), ...carried, ...executed };
    }
    case "custom":
      return carry === undefined ? undefined : { type: "opaque", carry };
    case "file":
    case "reasoning-file":
    case "tool-result":
      return undefined;
  }
}

const resultOf = ({ toolCallId: id, toolName, output, providerOptions }: V4ToolResultPart): ToolResultBlock => ({
  type: "tool-result",
  callId: toolCallId(id),
  name: toolName,
  content: outputOf(output),
  isError: output.type === "error-text" || output.type === "error-json" || output.type === "execution-denied",
  ...cacheOf(providerOptions),
});

function outputOf(output: V4ToolOutput): ToolResultBlock["content"] {
  switch (output.type) {
    case "text":
    case "error-text":
      return [{ type: "text", text: output.value }];
    case "json":
    case "error-json":
      return [{ type: "text", text: JSON.stringify(output.value) }];
    case "execution-denied":
      return [{ type: "text", text: output.reason ?? "The user did not allow this call." }];
    case "content":
      return output.value.flatMap((part) => (part.type === "custom" ? [] : [contentOf(part)]));
  }
}

/** Anthropic's words for a cache mark are the ones that users of the AI SDK write. */
function cacheOf(options: V4Metadata | undefined): { readonly cache?: CacheMark } {
  const control = options?.["anthropic"]?.["cacheControl"] ?? options?.["factory"]?.["cacheControl"];
  if (!isObject(control) || control["type"] !== "ephemeral") return {};
  return { cache: { ttl: control["ttl"] === "1h" ? "1h" : "5m" } };
}

/** The AI SDK's schemas are JSON Schemas of type object; the types on its side say less. */
const toolOf = (tool: V4Tool): readonly ToolSpec[] =>
  tool.type === "provider"
    ? []
    : [{ name: tool.name, description: tool.description ?? "", parameters: isObject(tool.inputSchema) ? asSchema(tool.inputSchema) : {} }];

const choiceOf = (choice: NonNullable<V4CallOptions["toolChoice"]>): ToolChoice =>
  choice.type === "tool" ? { name: choice.toolName } : choice.type;

function formatOf({ responseFormat: format, providerOptions }: V4CallOptions): ResponseFormat | undefined {
  if (format === undefined || format.type === "text") return undefined;
  if (!isObject(format.schema)) return { type: "json" };
  const strict = providerOptions?.["factory"]?.["strict"] ?? providerOptions?.["openai"]?.["strictJsonSchema"];
  const named = { type: "json-schema", name: format.name ?? "response", schema: asSchema(format.schema) } as const;
  return typeof strict === "boolean" ? { ...named, strict } : named;
}

// A JSON Schema is JSON.
const asSchema = (schema: object): JsonObject => schema as JsonObject;
