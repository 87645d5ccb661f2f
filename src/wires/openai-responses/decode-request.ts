import type { JsonObject } from "#base/json.ts";
import { isObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import type { ModelRequest, ReasoningEffort, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
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
import { decodeInput } from "#wires/openai-responses/decode-input.ts";
import { FREEFORM_PARAMETERS } from "#wires/openai-responses/freeform.ts";
import type { WireQuestion } from "#wires/wire.ts";

/**
 * A client's request. Null counts as absent, and what only tunes, labels or stores (`metadata`, `store`, `truncation`, `include` …) is
 * left out. What needs a server with a memory, tools other than functions and custom ones, and what is malformed throw `bad-request`
 * naming the field.
 */
export function decodeRequest(body: unknown): WireQuestion {
  if (!isObject(body)) throw wrongField("body", "must be a JSON object");
  const top: Place = { fields: body, path: "" };
  refuseState(top);
  const model = required(stringField(top, "model"), "model");
  const instructions = stringField(top, "instructions") ?? "";
  const { system: lead, messages } = decodeInput(top.fields["input"]);
  const system = [...(instructions === "" ? [] : [{ type: "text", text: instructions } as const]), ...lead];
  const request: ModelRequest = {
    ...(system.length === 0 ? {} : { system }),
    messages,
    ...given({
      tools: listField(top, "tools")?.map((tool, at) => decodeTool(objectAt(tool, `tools[${at}]`))),
      toolChoice: decodeChoice(top),
      parallelToolCalls: booleanField(top, "parallel_tool_calls"),
      maxOutputTokens: numberField(top, "max_output_tokens"),
      temperature: numberField(top, "temperature"),
      topP: numberField(top, "top_p"),
      reasoning: decodeReasoning(top),
      responseFormat: decodeFormat(top),
      conversation: stringField(top, "prompt_cache_key"),
    }),
  };
  return { model, stream: booleanField(top, "stream") ?? false, request };
}

/** Fields that name what an earlier request left at the server, or ask it to go on without the client. */
const STATE_FIELDS = ["previous_response_id", "conversation", "prompt"];

function refuseState(top: Place): void {
  const field = STATE_FIELDS.find((name) => (top.fields[name] ?? undefined) !== undefined);
  if (field !== undefined) {
    throw new ModelError("bad-request", `${field}: nothing is kept between requests here`, {
      advice: "Send the whole conversation as input, with store: false.",
    });
  }
  if (booleanField(top, "background") === true) throw wrongField("background", "answers are only given while the client waits");
}

type Given<Values> = { readonly [Name in keyof Values]?: Exclude<Values[Name], undefined> };

/** The members that have a value. */
function given<Values extends object>(values: Values): Given<Values> {
  // Object.entries forgets which name has which type; no value is changed.
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<Values>;
}

function decodeTool(place: Place): ToolSpec {
  const type = required(stringField(place, "type"), `${place.path}type`);
  if (type !== "function" && type !== "custom")
    throw wrongField(`${place.path}type`, `only function and custom tools are taken, not ${JSON.stringify(type)}`);
  const name = required(stringField(place, "name"), `${place.path}name`);
  const description = stringField(place, "description") ?? "";
  if (type === "custom") return { name, description, parameters: FREEFORM_PARAMETERS, freeform: decodeGrammar(place) };
  // It came out of JSON.parse, so it is JSON.
  const parameters = objectField(place, "parameters")?.fields as JsonObject | undefined;
  return { name, description, parameters: parameters ?? { type: "object", properties: {} } };
}

function decodeGrammar(tool: Place): NonNullable<ToolSpec["freeform"]> {
  const format = objectField(tool, "format");
  if (format === undefined || format.fields["type"] === "text") return {};
  if (format.fields["type"] !== "grammar") throw wrongField(`${format.path}type`, 'must be "text" or "grammar"');
  const { syntax } = format.fields;
  if (syntax !== "lark" && syntax !== "regex") throw wrongField(`${format.path}syntax`, 'must be "lark" or "regex"');
  return { grammar: { syntax, definition: required(stringField(format, "definition"), `${format.path}definition`) } };
}

function decodeChoice(top: Place): ToolChoice | undefined {
  const value = top.fields["tool_choice"] ?? undefined;
  if (value === undefined || value === "auto" || value === "none" || value === "required") return value;
  const place = objectAt(value, "tool_choice");
  const type = required(stringField(place, "type"), "tool_choice.type");
  if (type !== "function" && type !== "custom")
    throw wrongField("tool_choice.type", `must be "function" or "custom", not ${JSON.stringify(type)}`);
  return { name: required(stringField(place, "name"), "tool_choice.name") };
}

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

function decodeReasoning(top: Place): ReasoningEffort | undefined {
  const place = objectField(top, "reasoning");
  const value = place === undefined ? undefined : stringField(place, "effort");
  if (value === undefined) return undefined;
  const effort = EFFORTS.find((each) => each === value);
  if (effort === undefined) throw wrongField("reasoning.effort", `must be one of ${EFFORTS.join(", ")}`);
  return effort;
}

function decodeFormat(top: Place): ResponseFormat | undefined {
  const text = objectField(top, "text");
  const format = text === undefined ? undefined : objectField(text, "format");
  if (format === undefined) return undefined;
  const type = required(stringField(format, "type"), "text.format.type");
  switch (type) {
    case "text":
      return undefined;
    case "json_object":
      return { type: "json" };
    case "json_schema": {
      const strict = booleanField(format, "strict");
      // It came out of JSON.parse, so it is JSON.
      const schema = required(objectField(format, "schema"), "text.format.schema").fields as JsonObject;
      const name = required(stringField(format, "name"), "text.format.name");
      return { type: "json-schema", name, schema, ...(strict === undefined ? {} : { strict }) };
    }
    default:
      throw wrongField("text.format.type", `must be "text", "json_object" or "json_schema", not ${JSON.stringify(type)}`);
  }
}
