import { parseJson, type JsonObject } from "#base/json.ts";
import { toJsonObject } from "#wires/google-generate/carry.ts";

/** The arguments as the object that the protocol wants; text that is not one is kept under `invalid_json`. */
export function toArgs(json: string): JsonObject {
  if (json.trim() === "") return {};
  return toJsonObject(parseJson(json)) ?? { invalid_json: json };
}

/** The arguments as text; a call without any has an empty one. */
export const fromArgs = (args: unknown): string => (toJsonObject(args) === undefined ? "" : JSON.stringify(args));
