import type { JsonObject } from "#base/json.ts";
import type { TextBlock } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import type { ToolSpec } from "#model/tool.ts";
import { encodeContents, type WirePart, type WireTurn } from "#wires/google-generate/encode-contents.ts";
import { toParameters, toResponseSchema } from "#wires/google-generate/schema.ts";
import { encodeThinking, familyOf } from "#wires/google-generate/thinking.ts";
import type { EncodedRequest, WireTarget } from "#wires/wire.ts";

/**
 * The body of `:generateContent` and `:streamGenerateContent`; the model and the way of answering stand in the URL. The protocol has no
 * word for cache marks, `parallelToolCalls` and `conversation`: they are left out. Models before Gemini 3 take no response format beside
 * tools: the tools win.
 */
export function encodeRequest(request: ModelRequest, target: WireTarget): EncodedRequest {
  const system = encodeTexts(request.system ?? []);
  const merged = target.quirks.system === "merge" || !familyOf(target.model).system;
  const contents = encodeContents(request.messages, target.model);
  const tools = request.tools ?? [];
  const config = encodeConfig(request, target);
  const body = {
    ...(system.length === 0 || merged ? {} : { systemInstruction: { parts: system } }),
    contents: merged ? withSystem(system, contents) : contents,
    ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(encodeTool) }], ...encodeChoice(request) }),
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
  };
  return { headers: { "content-type": "application/json" }, body: JSON.stringify(body, scrub) };
}

/** Half a surrogate pair is refused as malformed JSON. */
const scrub = (_key: string, value: unknown): unknown => (typeof value === "string" ? value.toWellFormed() : value);

const encodeTexts = (blocks: readonly TextBlock[]): readonly WirePart[] => blocks.flatMap(({ text }) => (text === "" ? [] : [{ text }]));

/** The first turn is the user's. */
const withSystem = (system: readonly WirePart[], turns: readonly WireTurn[]): readonly WireTurn[] =>
  turns.map((turn, at) => (at === 0 ? { ...turn, parts: [...system, ...turn.parts] } : turn));

function encodeTool({ name, description, parameters }: ToolSpec): JsonObject {
  const schema = toParameters(parameters);
  return { name, ...(description === "" ? {} : { description }), ...(schema === undefined ? {} : { parameters: schema }) };
}

function encodeChoice({ toolChoice }: ModelRequest): JsonObject {
  if (toolChoice === undefined) return {};
  if (typeof toolChoice === "object")
    return { toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: [toolChoice.name] } } };
  return { toolConfig: { functionCallingConfig: { mode: MODES[toolChoice] } } };
}

const MODES = { auto: "AUTO", none: "NONE", required: "ANY" } as const;

function encodeConfig(request: ModelRequest, { model, quirks }: WireTarget): JsonObject {
  const { temperature: asked, stop = [] } = request;
  const least = typeof quirks.temperature === "number" ? quirks.temperature : 0;
  const temperature = asked === undefined || quirks.temperature === "drop" ? undefined : Math.max(least, asked);
  const limit = request.maxOutputTokens ?? quirks.defaultMaxTokens;
  const sequences = stop.filter((text) => text !== "");
  const thinking = encodeThinking({ model, effort: request.reasoning, efforts: quirks.reasoningEfforts });
  return {
    ...(limit === undefined ? {} : { maxOutputTokens: limit }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(request.topP === undefined ? {} : { topP: request.topP }),
    ...(request.topK === undefined ? {} : { topK: request.topK }),
    ...(sequences.length === 0 ? {} : { stopSequences: sequences }),
    ...(request.seed === undefined ? {} : { seed: request.seed }),
    ...encodeFormat(request, model),
    ...(thinking === undefined ? {} : { thinkingConfig: thinking }),
  };
}

function encodeFormat({ responseFormat, tools = [] }: ModelRequest, model: string): JsonObject {
  if (responseFormat === undefined || (tools.length > 0 && !familyOf(model).modern)) return {};
  const schema = responseFormat.type === "json" ? {} : { responseSchema: toResponseSchema(responseFormat.schema) };
  return { responseMimeType: "application/json", ...schema };
}
