import { asArray, asNumber, asObject, asString } from "#base/json.ts";
import { ModelError } from "#model/error.ts";

/** Readers of a client's request: the value, or `bad-request` naming the field by its path (`messages.0.content`). */
export const badField = (path: string, problem: string): ModelError => new ModelError("bad-request", `${path}: ${problem}`);

export const stringAt = (value: unknown, path: string): string => need(asString(value), path, "a string");
export const numberAt = (value: unknown, path: string): number => need(asNumber(value), path, "a number");
export const arrayAt = (value: unknown, path: string): readonly unknown[] => need(asArray(value), path, "an array");
export const objectAt = (value: unknown, path: string): Record<string, unknown> => need(asObject(value), path, "an object");

/** The read value under its name, or nothing where the client left the field out. */
export function optional<Name extends string, Value>(
  name: Name,
  value: unknown,
  read: (value: unknown) => Value,
): { readonly [Key in Name]?: Value } {
  // TypeScript widens a computed key to an index signature.
  return value === undefined || value === null ? {} : ({ [name]: read(value) } as { readonly [Key in Name]: Value });
}

function need<Value>(value: Value | undefined, path: string, wanted: string): Value {
  if (value === undefined) throw badField(path, `must be ${wanted}`);
  return value;
}
