import { parseJson } from "#base/json.ts";
import { checkSchema } from "#base/schema.ts";
import type { Answer } from "#model/collect.ts";
import type { ModelError } from "#model/error.ts";
import { textOf, toolCallsOf, type ToolCallBlock } from "#model/message.ts";
import { counted } from "#terminal/figures.ts";
import { clip, printable } from "#terminal/paint.ts";
import { GET_TIME } from "#app/check/requests.ts";

/** Longest evidence, in characters. */
const EVIDENCE_LIMIT = 240;

/** `400 unsupported-parameter: tool_choice is not supported` */
export function printFailure({ kind, message, details }: ModelError): string {
  // The provider's own words stand in quotation marks at the end of the message.
  const said = /: "([^]*)"$/.exec(message)?.[1] ?? message;
  const head = details.status === undefined ? kind : `${details.status} ${kind}`;
  return clip(oneLine(`${head}: ${said}`), EVIDENCE_LIMIT);
}

/** What the model wrote, or why there is nothing. */
export function printText(answer: Answer): string {
  const text = oneLine(textOf(answer.message));
  if (text !== "") return `"${clip(text, 60)}"`;
  const thought = answer.message.content.some(({ type }) => type === "reasoning") ? ", only reasoning" : "";
  return answer.reason === "length"
    ? `no text${thought}: cut at the output limit (more room: --max-tokens 2048)`
    : `no text${thought} (finish: ${answer.reason})`;
}

/** `2 calls: get_time(Paris), get_time(Rome)` */
export const printCalls = (calls: readonly ToolCallBlock[]): string =>
  clip(oneLine(`${counted(calls.length, "call")}: ${calls.map((call) => `${call.name}(${cityOf(call) ?? call.json})`).join(", ")}`), 120);

/** The calls of the tool whose arguments fit its schema. */
export const rightCalls = (answer: Answer): readonly ToolCallBlock[] =>
  toolCallsOf(answer.message).filter((call) => call.name === GET_TIME.name && cityOf(call) !== undefined);

function cityOf({ json }: ToolCallBlock): string | undefined {
  const args = parseJson(json);
  if (args === undefined || checkSchema(GET_TIME.parameters, args).length > 0) return undefined;
  // The schema holds.
  return (args as { readonly city: string }).city;
}

const oneLine = (text: string): string => printable(text).replaceAll(/\s+/g, " ").trim();

const GROUPED = new Intl.NumberFormat("en-US");
/** `1,310`; `?` where it was not told. */
export const printTokens = (count: number | null): string => (count === null ? "?" : GROUPED.format(count));
