import { isObject, type Json, type JsonObject } from "#base/json.ts";
import type { Carry } from "#model/message.ts";

/** The wire's name, as its carries bear it. */
export const WIRE = "anthropic-messages";

/**
 * What blocks of this wire carry: reasoning `{ signature }` or `{ redacted }`, text `{ citations }`, a call that the provider ran itself
 * `{ type }` (the block's own type), an opaque block `{ block }` (the block as it came).
 */
export const toCarry = (data: JsonObject): Carry => ({ wire: WIRE, data });

/** What a block carries for this wire; what it carries for another one is not ours to read. */
export const ownCarry = (carry: Carry | undefined): JsonObject => (carry?.wire === WIRE ? carry.data : {});

/** Parsed JSON as an object, or `undefined`. The casts name what `JSON.parse` gives. */
export const toJsonObject = (value: unknown): JsonObject | undefined => (isObject(value) ? (value as JsonObject) : undefined);
export const toJsonArray = (values: readonly unknown[]): readonly Json[] => values as readonly Json[];
