import type { FinishReason } from "#model/event.ts";

/** Tool calls end with `stop` as well. Of these names the server itself uses `stop`, `length`, `load` and `unload`. */
export const DONE_REASONS: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  "tool-calls": "stop",
  length: "length",
  "content-filter": "content_filter",
  error: "error",
  other: "unload",
};

/** `done: true` without a reason is an old server's `stop`. */
export function toFinishReason(doneReason: unknown, hasCalls: boolean): FinishReason {
  switch (doneReason) {
    case undefined:
    case null:
    case "":
    case "stop":
    case "tool_calls":
      return hasCalls ? "tool-calls" : "stop";
    case "length":
    case "error":
      return doneReason;
    case "content_filter":
      return "content-filter";
    default:
      return "other";
  }
}
