import type { JsonObject } from "#base/json.ts";

/** JSON text in which half a surrogate pair, which servers refuse as malformed, is U+FFFD. */
export function printWellFormed(body: JsonObject): string {
  const text = JSON.stringify(body);
  // JSON.stringify escapes halves and nothing else in this way, so most bodies need no second pass.
  if (!/\\ud[89a-f]/.test(text)) return text;
  return JSON.stringify(body, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
