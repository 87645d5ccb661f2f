import type { JsonObject } from "#base/json.ts";
import type { ModelRequest, ReasoningEffort, ResponseFormat } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { encodeMessages } from "#wires/openai-chat/encode-messages.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { EncodedRequest, WireTarget } from "#wires/wire.ts";

/** What is not set is not sent. `topK` and `conversation` have no field in this wire. The body is well-formed Unicode. */
export function encodeRequest(request: ModelRequest, target: WireTarget): EncodedRequest {
  const { model, stream, quirks } = target;
  const body = {
    model,
    messages: encodeMessages(request, target),
    ...(stream ? { stream: true, ...(quirks.streamUsage === "omit" ? {} : { stream_options: { include_usage: true } }) } : {}),
    ...toolMembers(request, quirks),
    ...limitMembers(request, quirks),
    ...(request.reasoning === undefined ? {} : reasoningMembers(request.reasoning, quirks)),
    ...(request.responseFormat === undefined ? {} : { response_format: formatMember(request.responseFormat) }),
  };
  return {
    headers: { "content-type": "application/json", accept: stream ? "text/event-stream" : "application/json" },
    body: printWellFormed(body),
  };
}

function toolMembers(request: ModelRequest, quirks: Quirks): JsonObject {
  const tools = request.tools ?? [];
  if (tools.length === 0) return {};
  return {
    tools: tools.map(toolMember),
    ...(request.toolChoice === undefined ? {} : { tool_choice: choiceMember(request.toolChoice) }),
    ...(request.parallelToolCalls === undefined || quirks.parallelToolCalls === "drop"
      ? {}
      : { parallel_tool_calls: request.parallelToolCalls }),
  };
}

const toolMember = ({ name, description, parameters }: ToolSpec): JsonObject => ({
  type: "function",
  function: { name, description, parameters },
});

const choiceMember = (choice: ToolChoice) => (typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } });

function limitMembers({ maxOutputTokens, temperature, topP, stop, seed }: ModelRequest, quirks: Quirks): JsonObject {
  const limit = maxOutputTokens ?? quirks.defaultMaxTokens;
  const heat =
    temperature === undefined || quirks.temperature === "drop" ? undefined : Math.max(temperature, quirks.temperature ?? temperature);
  return {
    ...(limit === undefined ? {} : { [quirks.maxTokensField ?? "max_tokens"]: limit }),
    ...(heat === undefined ? {} : { temperature: heat }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(stop === undefined || stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
  };
}

function reasoningMembers(asked: ReasoningEffort, { reasoningRequest, reasoningEfforts }: Quirks): JsonObject {
  const effort = nearestEffort(asked, reasoningEfforts);
  const on = effort !== "none";
  if (reasoningRequest === undefined) return { reasoning_effort: effort };
  switch (reasoningRequest) {
    case "reasoning-object":
      return { reasoning: { effort } };
    case "thinking-type":
      return { thinking: { type: on ? "enabled" : "disabled" } };
    case "enable-thinking":
      return { enable_thinking: on };
    case "omit":
      return {};
  }
}

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The known effort that is the fewest steps away; of two, the lower one. */
function nearestEffort(asked: ReasoningEffort, known: Quirks["reasoningEfforts"]): ReasoningEffort {
  const steps = (effort: ReasoningEffort) => Math.abs(EFFORTS.indexOf(effort) - EFFORTS.indexOf(asked));
  const ranked = EFFORTS.filter((effort) => known?.includes(effort)).toSorted((left, right) => steps(left) - steps(right));
  return ranked[0] ?? asked;
}

function formatMember(format: ResponseFormat): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { name, schema, strict } = format;
  return { type: "json_schema", json_schema: { name, schema, ...(strict === undefined ? {} : { strict }) } };
}

/** JSON text in which half a surrogate pair, which servers refuse as malformed, is U+FFFD. */
function printWellFormed(body: JsonObject): string {
  const text = JSON.stringify(body);
  // JSON.stringify escapes halves and nothing else in this way, so most bodies need no second pass.
  if (!/\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(body, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
