import { asObject, asString, parseJson } from "#base/json.ts";
import type { JsonObject } from "#base/json.ts";
import type { ToolSpec } from "#model/tool.ts";

/** The parameters of a freeform tool for those who know only JSON. */
export const FREEFORM_PARAMETERS: JsonObject = {
  type: "object",
  properties: { input: { type: "string" } },
  required: ["input"],
  additionalProperties: false,
};

/** A call's arguments around the text that the model wrote, which stands between them escaped. */
export const FREEFORM_OPEN = '{"input":"';
export const FREEFORM_CLOSE = '"}';

/** One piece of that text, escaped. Pieces may be cut anywhere, even within a character. */
export const escapePiece = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The text of a freeform call; arguments of another shape are the text themselves. */
export const freeformInput = (json: string): string => asString(asObject(parseJson(json))?.["input"]) ?? json;

export const freeformNames = (tools: readonly ToolSpec[] | undefined): ReadonlySet<string> =>
  new Set(tools?.filter(({ freeform }) => freeform !== undefined).map(({ name }) => name));
