import { asString, isObject } from "#base/json.ts";
import type { Json, JsonObject } from "#base/json.ts";

/**
 * Gathers `reasoning_details` from the pieces of a stream, so that they can travel back as if the answer had come whole: pieces of the
 * same type, index and id are one part, whose text is joined and whose other members (a signature, say) are the last that came.
 */
export class ReasoningDetails {
  #parts: Part[] = [];

  get empty(): boolean {
    return this.#parts.length === 0;
  }

  /** Adds the pieces and returns the text in them that people may read. */
  add(details: readonly unknown[]): string {
    let shown = "";
    for (const detail of details) {
      if (!isObject(detail)) continue;
      shown += readable(detail);
      const part = this.#parts.findLast((known) => continues(known, detail));
      if (part === undefined) this.#parts.push({ ...detail });
      else merge(part, detail);
    }
    return shown;
  }

  /** The parts in the order in which they began. */
  toJson(): JsonObject {
    // What JSON.parse gave, joined with strings, is JSON again.
    return { reasoning_details: this.#parts as readonly Json[] };
  }
}

type Part = Record<string, unknown>;

/** Members that come in pieces. All others come whole. */
const JOINED = new Set(["text", "summary", "data"]);

const readable = (detail: Part): string => asString(detail["text"]) ?? asString(detail["summary"]) ?? "";

function continues(part: Part, detail: Part): boolean {
  return part["type"] === detail["type"] && (part["index"] ?? null) === (detail["index"] ?? null) && agrees(part["id"], detail["id"]);
}

const agrees = (known: unknown, next: unknown): boolean => known === next || (known ?? null) === null || (next ?? null) === null;

function merge(part: Part, detail: Part): void {
  for (const [name, value] of Object.entries(detail)) {
    if (value === null || value === undefined) continue;
    const known = part[name];
    part[name] = JOINED.has(name) && typeof known === "string" && typeof value === "string" ? known + value : value;
  }
}
