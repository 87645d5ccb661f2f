import type { JsonObject } from "#base/json.ts";
import type { ModelRequest, ReasoningEffort, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { decodeMessages } from "#wires/cohere-chat/decode-messages.ts";
import { effortOfBudget } from "#wires/cohere-chat/thinking.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import {
  booleanField,
  listField,
  numberField,
  objectAt,
  objectField,
  required,
  stringField,
  wrongField,
} from "#wires/openai-chat/request-fields.ts";
import type { WireQuestion } from "#wires/wire.ts";

/**
 * Reads the body of `POST /v2/chat`. Null counts as absent; what only tunes or labels (penalties, `safety_mode`, `citation_options`,
 * `strict_tools`, `logprobs` …) is left alone. Refused: `documents`, for which there is no search here.
 */
export function decodeRequest(body: unknown): WireQuestion {
  const top: Place = { fields: objectAt(body, "body").fields, path: "" };
  if ((listField(top, "documents") ?? []).length > 0) throw wrongField("documents", "are not supported: put their text into a message");
  const { system, messages } = decodeMessages(required(listField(top, "messages"), "messages"));
  const request: ModelRequest = {
    ...(system.length === 0 ? {} : { system }),
    messages,
    ...present(
      "tools",
      listField(top, "tools")?.map((tool, at) => decodeTool(objectAt(tool, `tools[${at}]`))),
    ),
    ...present("toolChoice", decodeChoice(stringField(top, "tool_choice"))),
    ...present("maxOutputTokens", numberField(top, "max_tokens")),
    ...present("temperature", numberField(top, "temperature")),
    ...present("topP", numberField(top, "p")),
    ...present("topK", numberField(top, "k")),
    ...present("stop", decodeStop(top)),
    ...present("seed", numberField(top, "seed")),
    ...present("reasoning", decodeThinking(objectField(top, "thinking"))),
    ...present("responseFormat", decodeFormat(objectField(top, "response_format"))),
  };
  return { model: required(stringField(top, "model"), "model"), stream: booleanField(top, "stream") ?? false, request };
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  // TypeScript widens a computed key to an index signature.
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}

function decodeTool(place: Place): ToolSpec {
  const tool = required(objectField(place, "function"), `${place.path}function`);
  return {
    name: required(stringField(tool, "name"), `${tool.path}name`),
    description: stringField(tool, "description") ?? "",
    parameters: toJson(objectField(tool, "parameters")) ?? { type: "object", properties: {} },
  };
}

/** The body was parsed from JSON, so an object in it is JSON. */
const toJson = (place: Place | undefined): JsonObject | undefined => place?.fields as JsonObject | undefined;

function decodeChoice(choice: string | undefined): ToolChoice | undefined {
  switch (choice) {
    case undefined:
    case "AUTO":
      return undefined;
    case "REQUIRED":
      return "required";
    case "NONE":
      return "none";
    default:
      throw wrongField("tool_choice", "must be REQUIRED or NONE");
  }
}

const decodeStop = (top: Place): readonly string[] | undefined =>
  listField(top, "stop_sequences")?.map((text, at) => {
    if (typeof text !== "string") throw wrongField(`stop_sequences[${at}]`, "must be a string");
    return text;
  });

function decodeThinking(thinking: Place | undefined): ReasoningEffort | undefined {
  if (thinking === undefined) return undefined;
  switch (stringField(thinking, "type")) {
    case "disabled":
      return "none";
    case "enabled":
      return effortOfBudget(numberField(thinking, "token_budget"));
    default:
      throw wrongField("thinking.type", "must be enabled or disabled");
  }
}

/** The protocol gives the schema no name, and itself two: `json_schema`, or `schema` in older clients. */
function decodeFormat(format: Place | undefined): ResponseFormat | undefined {
  if (format === undefined) return undefined;
  const type = stringField(format, "type");
  if (type === "text") return undefined;
  if (type !== "json_object") throw wrongField("response_format.type", "must be text or json_object");
  const schema = toJson(objectField(format, "json_schema") ?? objectField(format, "schema"));
  return schema === undefined ? { type: "json" } : { type: "json-schema", name: "response", schema };
}
