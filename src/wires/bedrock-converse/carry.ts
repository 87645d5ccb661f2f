import { isObject, type Json, type JsonObject } from "#base/json.ts";
import type { Carry } from "#model/message.ts";

/** The wire's name, as its carries bear it. */
export const WIRE = "bedrock-converse";

/**
 * What blocks of this wire carry: reasoning `{ signature }` or `{ redacted }` (base64), text `{ citations }`, a call that the provider ran
 * itself `{ type }`, an opaque block `{ block }` (the content block as the protocol writes it).
 */
export const toCarry = (data: JsonObject): Carry => ({ wire: WIRE, data });

/** What a block carries for this wire; what it carries for another one is not ours to read. */
export const ownCarry = (carry: Carry | undefined): JsonObject => (carry?.wire === WIRE ? carry.data : {});

/** Parsed JSON as a value, and as an object or `undefined`. The casts name what `JSON.parse` gives. */
export const toJson = (value: unknown): Json => value as Json;
export const toJsonObject = (value: unknown): JsonObject | undefined => (isObject(value) ? (value as JsonObject) : undefined);
