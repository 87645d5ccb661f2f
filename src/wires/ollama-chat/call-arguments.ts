import type { Json, JsonObject } from "#base/json.ts";
import { isObject, parseJson } from "#base/json.ts";

/** Carries arguments that are not a JSON object through a wire that knows only objects. */
const BROKEN = "_invalid_json";

/** A call's arguments as the object that the wire wants. Empty text means none; broken text stands whole in one member. */
export function toArguments(json: string): JsonObject {
  if (json.trim() === "") return {};
  const value = parseJson(json);
  // What JSON.parse gives is JSON.
  return isObject(value) ? (value as { [key: string]: Json }) : { [BROKEN]: json };
}

/** The text of a call's arguments, which some servers give as text already; the inverse of `toArguments`. */
export function fromArguments(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const broken = isObject(value) && Object.keys(value).length === 1 ? value[BROKEN] : undefined;
  return typeof broken === "string" ? broken : JSON.stringify(value);
}
