import { isObject, parseJson } from "#base/json.ts";
import type {
  ReasoningBlock,
  AssistantBlock,
  AssistantMessage,
  CacheMark,
  ImageBlock,
  Message,
  TextBlock,
  ToolResultBlock,
} from "#model/message.ts";
import type { ModelRequest, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { metadataOf, wholeOf, type Speaker } from "#ai-sdk/carry.ts";
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
} from "#ai-sdk/v4.ts";

/** A request as the AI SDK's models take it. `speaker` is who is asked: what others carry is left out. */
export function toCallOptions(request: ModelRequest, speaker: Speaker, abortSignal: AbortSignal): V4CallOptions {
  const { maxOutputTokens, temperature, topP, topK, seed, stop, reasoning, tools, toolChoice, responseFormat } = request;
  const providerOptions = optionsOf(request);
  return {
    prompt: [...systemOf(request.system ?? []), ...request.messages.flatMap((message) => messageOf(message, speaker))],
    abortSignal,
    ...given({ maxOutputTokens, temperature, topP, topK, seed, reasoning }),
    ...(stop === undefined ? {} : { stopSequences: [...stop] }),
    ...(tools === undefined || tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(toolChoice === undefined ? {} : { toolChoice: choiceOf(toolChoice) }),
    ...(responseFormat === undefined ? {} : { responseFormat: formatOf(responseFormat) }),
    ...(Object.keys(providerOptions).length === 0 ? {} : { providerOptions }),
  };
}

type Defined<T> = { [Name in keyof T]?: Exclude<T[Name], undefined> };

/** The members that have a value. */
function given<T extends object>(members: T): Defined<T> {
  // `fromEntries` forgets the names; the filter took out what the result's type leaves out.
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

/** One text, since many servers take no second system message; several where a cache mark stands between them. */
function systemOf(blocks: readonly TextBlock[]): readonly V4Message[] {
  const messages: { texts: string[]; cache: CacheMark | undefined }[] = [];
  let open: string[] | undefined;
  for (const { text, cache } of blocks) {
    if (open === undefined) messages.push({ texts: (open = []), cache: undefined });
    open.push(text);
    const last = messages.at(-1);
    if (cache === undefined || last === undefined) continue;
    last.cache = cache;
    open = undefined;
  }
  return messages.map(({ texts, cache }) => ({ role: "system", content: texts.join("\n\n"), ...told(cacheOptions(cache)) }));
}

function messageOf(message: Message, speaker: Speaker): readonly V4Message[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: message.content.map(partOf) }];
    case "assistant": {
      const content = assistantParts(message, speaker);
      return content.length === 0 ? [] : [{ role: "assistant", content }];
    }
    case "tool":
      return [{ role: "tool", content: message.content.map(resultOf) }];
  }
}

const partOf = (block: TextBlock | ImageBlock): V4TextPart | V4FilePart =>
  block.type === "text"
    ? { type: "text", text: block.text, ...told(cacheOptions(block.cache)) }
    : { type: "file", mediaType: block.mediaType, data: { type: "data", data: block.data }, ...told(cacheOptions(block.cache)) };

function assistantParts(message: AssistantMessage, speaker: Speaker): V4AssistantPart[] {
  const { from } = message;
  const own = from === undefined || (from.provider === speaker.provider && from.model === speaker.model);
  return message.content.map((block) => assistantPart(block, speaker, own)).filter((part) => part !== undefined);
}

function assistantPart(block: AssistantBlock, speaker: Speaker, own: boolean): V4AssistantPart | undefined {
  switch (block.type) {
    case "text":
      return { type: "text", text: block.text, ...told({ ...cacheOptions(block.cache), ...metadataOf(block.carry, speaker) }) };
    case "reasoning":
      return own ? reasoningPart(block, speaker) : undefined;
    case "tool-call": {
      // The result of a call that another wire's provider ran is nothing that could follow here.
      if (block.providerExecuted === true && metadataOf(block.carry, speaker) === undefined && !own) return undefined;
      const executed = block.providerExecuted === true ? { providerExecuted: true } : {};
      const head = { type: "tool-call", toolCallId: block.id, toolName: block.name } as const;
      return { ...head, input: inputOf(block.json), ...executed, ...told(metadataOf(block.carry, speaker)) };
    }
    case "opaque":
      return wholeOf(block.carry, speaker);
  }
}

function reasoningPart({ text, carry }: ReasoningBlock, speaker: Speaker): V4AssistantPart | undefined {
  const metadata = metadataOf(carry, speaker);
  if (carry !== undefined && metadata === undefined) return undefined;
  return { type: "reasoning", text, ...told(metadata) };
}

/** The arguments as the object that every provider wants; text that is not one is kept under `invalid_json`. */
function inputOf(json: string): unknown {
  if (json.trim() === "") return {};
  const input = parseJson(json);
  return isObject(input) ? input : { invalid_json: json };
}

const resultOf = (block: ToolResultBlock): V4ToolResultPart => ({
  type: "tool-result",
  toolCallId: block.callId,
  toolName: block.name,
  output: outputOf(block),
  ...told(cacheOptions(block.cache ?? block.content.findLast((part) => part.cache !== undefined)?.cache)),
});

/** Only plain text has a form that says that it is an error. */
function outputOf({ content, isError }: ToolResultBlock): V4ToolOutput {
  if (content.every((block) => block.type === "text")) {
    return { type: isError ? "error-text" : "text", value: content.map((block) => block.text).join("\n\n") };
  }
  const parts = content.map(partOf);
  return { type: "content", value: isError ? [{ type: "text", text: "Error:" }, ...parts] : parts };
}

const toolOf = ({ name, description, parameters }: ToolSpec): V4Tool => ({ type: "function", name, description, inputSchema: parameters });

const choiceOf = (choice: ToolChoice): NonNullable<V4CallOptions["toolChoice"]> =>
  typeof choice === "string" ? { type: choice } : { type: "tool", toolName: choice.name };

const formatOf = (format: ResponseFormat): NonNullable<V4CallOptions["responseFormat"]> =>
  format.type === "json" ? { type: "json" } : { type: "json", schema: format.schema, name: format.name };

/** What the specification has no word for, under the names that the providers gave it; each reads its own and no other. */
function optionsOf({ parallelToolCalls: parallel, conversation, responseFormat }: ModelRequest): V4Metadata {
  const strict = responseFormat?.type === "json-schema" ? responseFormat.strict : undefined;
  const calls = given({ parallelToolCalls: parallel });
  const options: V4Metadata = {
    openai: given({ ...calls, promptCacheKey: conversation, strictJsonSchema: strict }),
    anthropic: given({ disableParallelToolUse: parallel === undefined ? undefined : !parallel }),
    groq: calls,
    mistral: calls,
    factory: given({ ...calls, conversation, strict }),
  };
  return Object.fromEntries(Object.entries(options).filter(([, members]) => Object.keys(members).length > 0));
}

/** The same mark in the words of each provider that knows one. */
function cacheOptions(cache: CacheMark | undefined): V4Metadata | undefined {
  if (cache === undefined) return undefined;
  const control = { cacheControl: { type: "ephemeral", ttl: cache.ttl } };
  return { anthropic: control, openrouter: control, alibaba: control, bedrock: { cachePoint: { type: "default", ttl: cache.ttl } } };
}

const told = (metadata: V4Metadata | undefined): { readonly providerOptions?: V4Metadata } =>
  metadata === undefined || Object.keys(metadata).length === 0 ? {} : { providerOptions: metadata };
