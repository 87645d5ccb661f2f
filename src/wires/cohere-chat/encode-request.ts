import type { JsonObject } from "#base/json.ts";
import type { ModelRequest } from "#model/request.ts";
import type { ToolSpec } from "#model/tool.ts";
import { encodeMessages } from "#wires/cohere-chat/encode-messages.ts";
import { encodeThinking } from "#wires/cohere-chat/thinking.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { EncodedRequest, WireTarget } from "#wires/wire.ts";

/**
 * The body of `POST /v2/chat`. A named tool is sent as the only one, as required. A response format beside tools that may be called is
 * refused by the server: it is left out, as are cache marks, parallel calls and `conversation`, which the wire has no word for.
 */
export function encodeRequest(request: ModelRequest, { model, stream, quirks }: WireTarget): EncodedRequest {
  const limit = request.maxOutputTokens ?? quirks.defaultMaxTokens;
  const tools = offered(request);
  const callable = tools.length > 0 && request.toolChoice !== "none";
  const body: JsonObject = {
    model,
    messages: encodeMessages(request),
    stream,
    ...(tools.length === 0 ? {} : { tools: tools.map(encodeTool), ...encodeChoice(request) }),
    ...(request.responseFormat === undefined || callable ? {} : { response_format: encodeFormat(request.responseFormat) }),
    ...(limit === undefined ? {} : { max_tokens: limit }),
    ...encodeSampling(request, quirks),
    ...(request.reasoning === undefined ? {} : { thinking: encodeThinking(request.reasoning, limit) }),
  };
  return {
    headers: { "content-type": "application/json", accept: stream ? "text/event-stream" : "application/json" },
    body: JSON.stringify(body, wellFormed),
  };
}

/** Half a surrogate pair is refused as malformed JSON. */
const wellFormed = (_name: string, value: unknown): unknown => (typeof value === "string" ? value.toWellFormed() : value);

/** Tools that may not be called only stand in the way of a response format. */
function offered({ tools = [], toolChoice, responseFormat }: ModelRequest): readonly ToolSpec[] {
  if (toolChoice === "none" && responseFormat !== undefined) return [];
  return typeof toolChoice === "object" ? tools.filter(({ name }) => name === toolChoice.name) : tools;
}

const encodeTool = ({ name, description, parameters }: ToolSpec): JsonObject => ({
  type: "function",
  function: { name, description, parameters },
});

/** `auto` has no name: it is what an absent choice means. */
function encodeChoice({ toolChoice = "auto" }: ModelRequest): JsonObject {
  if (toolChoice === "auto") return {};
  return { tool_choice: toolChoice === "none" ? "NONE" : "REQUIRED" };
}

const encodeFormat = (format: NonNullable<ModelRequest["responseFormat"]>): JsonObject =>
  format.type === "json" ? { type: "json_object" } : { type: "json_object", json_schema: format.schema };

/** Most stop sequences, and the ends of the ranges that the server accepts. */
const STOP_LIMIT = 5;
const TOP_P = { min: 0.01, max: 0.99 };
const TOP_K = { min: 0, max: 500 };

function encodeSampling({ temperature, topP, topK, stop = [], seed }: ModelRequest, quirks: Quirks): JsonObject {
  const sent =
    temperature === undefined || quirks.temperature === "drop" ? undefined : Math.max(temperature, quirks.temperature ?? temperature);
  const sequences = stop.filter((text) => text !== "").slice(0, STOP_LIMIT);
  return {
    ...(sent === undefined ? {} : { temperature: sent }),
    ...(topP === undefined ? {} : { p: within(topP, TOP_P) }),
    ...(topK === undefined ? {} : { k: within(topK, TOP_K) }),
    ...(sequences.length === 0 ? {} : { stop_sequences: sequences }),
    ...(seed === undefined ? {} : { seed }),
  };
}

const within = (value: number, { min, max }: { readonly min: number; readonly max: number }): number => Math.min(max, Math.max(min, value));
