import { asNumber, asObject, parseJson } from "#base/json.ts";
import type { ModelRequest, ReasoningEffort, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { effortOfBudget } from "#wires/anthropic-messages/thinking.ts";
import { toJsonObject } from "#wires/bedrock-converse/carry.ts";
import { decodeMessages, decodeSystem } from "#wires/bedrock-converse/decode-messages.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, numberField, objectAt, objectField, required, stringField, wrongField } from "#wires/openai-chat/request-fields.ts";
import type { WireQuestion } from "#wires/wire.ts";

/**
 * Reads the body of `POST /model/<id>/converse` and `/converse-stream`; `path` names the model and whether to stream. Guardrails, prompt
 * variables and fields that are not known are left alone. Refused: documents, videos, images that are not in the request.
 */
export function decodeRequest(body: unknown, path: string): WireQuestion {
  const fields: Place = { fields: objectAt(body, "the request").fields, path: "" };
  const inference = objectField(fields, "inferenceConfig") ?? NONE;
  const own = objectField(fields, "additionalModelRequestFields") ?? NONE;
  const system = decodeSystem(fields);
  const toolConfig = objectField(fields, "toolConfig");
  const request: ModelRequest = {
    ...(system.length === 0 ? {} : { system }),
    messages: decodeMessages(fields),
    ...(toolConfig === undefined ? {} : decodeTools(toolConfig)),
    ...present("maxOutputTokens", decodeMaxTokens(inference)),
    ...present("temperature", numberField(inference, "temperature")),
    ...present("topP", numberField(inference, "topP")),
    ...present("topK", asNumber(own.fields.top_k) ?? asNumber(asObject(own.fields.inferenceConfig)?.topK)),
    ...present("stop", decodeStop(inference)),
    ...present("reasoning", decodeReasoning(own.fields)),
    ...present("responseFormat", decodeFormat(fields)),
  };
  return { ...decodePath(path), request };
}

const NONE: Place = { fields: {}, path: "" };

function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  // TypeScript widens a computed key to an index signature.
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}

function decodePath(path: string): Pick<WireQuestion, "model" | "stream"> {
  const found = /\/model\/([^/?]+)\/converse(-stream)?(?:\?|$)/.exec(path);
  if (found?.[1] === undefined) throw wrongField(path, "must be /model/<id>/converse or /model/<id>/converse-stream");
  return { model: decoded(found[1]), stream: found[2] !== undefined };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw wrongField(part, "is not a URL-encoded model id");
  }
}

function decodeTools(config: Place): Pick<ModelRequest, "tools" | "toolChoice"> {
  const tools = (listField(config, "tools") ?? []).flatMap((item, at) => decodeTool(objectAt(item, `${config.path}tools[${at}]`)));
  const choice = objectField(config, "toolChoice");
  return { tools, ...(choice === undefined ? {} : { toolChoice: decodeChoice(choice) }) };
}

/** A cache point among the tools is left out. */
function decodeTool(tool: Place): readonly ToolSpec[] {
  if (tool.fields.cachePoint !== undefined) return [];
  const spec = required(objectField(tool, "toolSpec"), `${tool.path}toolSpec`);
  const schema = required(objectField(spec, "inputSchema"), `${spec.path}inputSchema`);
  const parameters = toJsonObject(required(objectField(schema, "json"), `${schema.path}json`).fields) ?? {};
  const name = required(stringField(spec, "name"), `${spec.path}name`);
  return [{ name, description: stringField(spec, "description") ?? "", parameters }];
}

function decodeChoice(choice: Place): ToolChoice {
  const { auto, any, tool } = choice.fields;
  if (tool !== undefined) {
    const forced = objectAt(tool, `${choice.path}tool`);
    return { name: required(stringField(forced, "name"), `${forced.path}name`) };
  }
  if (any !== undefined) return "required";
  if (auto !== undefined) return "auto";
  throw wrongField(choice.path.slice(0, -1), "must hold auto, any or tool");
}

function decodeMaxTokens(inference: Place): number | undefined {
  const tokens = numberField(inference, "maxTokens");
  if (tokens !== undefined && (!Number.isInteger(tokens) || tokens < 1)) {
    throw wrongField(`${inference.path}maxTokens`, "must be a whole number above 0");
  }
  return tokens;
}

const decodeStop = (inference: Place): readonly string[] | undefined =>
  listField(inference, "stopSequences")?.map((text, at) => {
    if (typeof text !== "string") throw wrongField(`${inference.path}stopSequences[${at}]`, "must be a string");
    return text;
  });

/** Every family of models has its own field for it. Adaptive thinking without an effort is the family's `high`. */
function decodeReasoning(own: Readonly<Record<string, unknown>>): ReasoningEffort | undefined {
  const config = asObject(own.reasoningConfig);
  if (config?.type === "disabled") return "none";
  const named = asObject(own.output_config)?.effort ?? own.reasoning_effort ?? config?.maxReasoningEffort;
  const effort = EFFORTS.find((known) => known === named);
  const thinking = asObject(own.thinking);
  switch (thinking?.type) {
    case "disabled":
    case "between_tools":
      return "none";
    case "adaptive":
      return effort ?? "high";
    case "enabled":
      return effort ?? effortOfBudget(asNumber(thinking.budget_tokens) ?? 0);
    default:
      return effort;
  }
}

const EFFORTS: readonly ReasoningEffort[] = ["low", "medium", "high", "xhigh", "max"];

function decodeFormat(body: Place): ResponseFormat | undefined {
  const config = objectField(body, "outputConfig");
  const format = config === undefined ? undefined : objectField(config, "textFormat");
  if (format === undefined) return undefined;
  const structure = required(objectField(format, "structure"), `${format.path}structure`);
  const definition = required(objectField(structure, "jsonSchema"), `${structure.path}jsonSchema`);
  const schema = toJsonObject(parseJson(stringField(definition, "schema") ?? ""));
  if (schema === undefined) throw wrongField(`${definition.path}schema`, "must be a JSON Schema object written as text");
  return { type: "json-schema", name: stringField(definition, "name") ?? "response", schema };
}
