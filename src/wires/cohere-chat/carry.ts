import type { Json, JsonObject } from "#base/json.ts";
import type { Carry } from "#model/message.ts";

/** The wire's name, as its carries bear it. */
const WIRE = "cohere-chat";

/**
 * What blocks of this wire carry: reasoning `{ thinking: true }` (it is this wire's own and goes back), text `{ citations }`, an opaque
 * block `{ citations }` where they belong to no text.
 */
const toCarry = (data: JsonObject): Carry => ({ wire: WIRE, data });

export const THINKING = toCarry({ thinking: true });

/** `undefined` for no citations. The cast names what `JSON.parse` gives. */
export const citationsCarry = (citations: readonly unknown[]): Carry | undefined =>
  citations.length === 0 ? undefined : toCarry({ citations: citations as readonly Json[] });

export const isOwn = (carry: Carry | undefined): boolean => carry?.wire === WIRE;

export function citationsOf(carry: Carry | undefined): readonly Json[] {
  const citations = carry?.wire === WIRE ? carry.data["citations"] : undefined;
  return Array.isArray(citations) ? citations : [];
}
