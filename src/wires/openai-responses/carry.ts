import { asString, isObject } from "#base/json.ts";
import type { Json, JsonObject } from "#base/json.ts";
import type { Carry } from "#model/message.ts";

const WIRE = "openai-responses";

/**
 * What blocks of this wire carry, each member only where there is one. All: `response`, the id of the answer that they are from. Text:
 * `id` (of its message), `phase`, `annotations`, `refusal: true`. A call: `id`, `namespace`, `custom: true` where it is a call of a
 * freeform tool. Reasoning and opaque blocks: `item`, as it came.
 */
export const toCarry = (data: JsonObject): Carry => ({ wire: WIRE, data });

/** What a block carries for this wire; what it carries for another one is not ours to read. */
export const ownCarry = (carry: Carry | undefined): JsonObject => (carry?.wire === WIRE ? carry.data : {});

/** The item of a reasoning or an opaque block. */
export function carriedItem(carry: Carry | undefined): JsonObject | undefined {
  const item = ownCarry(carry)["item"];
  return isJsonObject(item) ? item : undefined;
}

/** A reasoning item as it is kept: less what only says how far it is, and less what is null, which servers write and then refuse. */
export function reasoningMembers(item: Readonly<Record<string, unknown>>): JsonObject {
  const kept = Object.entries(item).filter(([name, value]) => name !== "type" && name !== "status" && (value ?? undefined) !== undefined);
  return toJson(Object.fromEntries(kept));
}

/** The texts of a reasoning item's `summary`, or of its `content`. */
export const reasoningTexts = (parts: unknown): readonly string[] =>
  Array.isArray(parts) ? parts.map((part) => (isObject(part) ? (asString(part["text"]) ?? "") : "")) : [];

// The values below came out of JSON.parse, so they are JSON.
export const toJson = (value: Readonly<Record<string, unknown>>): JsonObject => value as JsonObject;
export const toJsonList = (values: readonly unknown[]): readonly Json[] => values as readonly Json[];

const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);
