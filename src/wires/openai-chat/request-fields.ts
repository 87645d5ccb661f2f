import { isObject } from "#base/json.ts";
import { ModelError } from "#model/error.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A client's JSON object and where it stands in the request, for the errors: `messages[3].`, empty at the top. */
export type Place = { readonly fields: Fields; readonly path: string };

export const wrongField = (path: string, why: string): ModelError =>
  new ModelError("bad-request", `${path}: ${why}`, { advice: "Correct the request." });

export function objectAt(value: unknown, path: string): Place {
  if (!isObject(value)) throw wrongField(path, "must be an object");
  return { fields: value, path: `${path}.` };
}

/** The readers below give `undefined` where the field is absent or null and throw `bad-request` where it has another type. */
export function stringField({ fields, path }: Place, name: string): string | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") throw wrongField(path + name, "must be a string");
  return value;
}

export function booleanField({ fields, path }: Place, name: string): boolean | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && typeof value !== "boolean") throw wrongField(path + name, "must be true or false");
  return value;
}

export function numberField({ fields, path }: Place, name: string): number | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && (typeof value !== "number" || !Number.isFinite(value))) throw wrongField(path + name, "must be a number");
  return value;
}

export function listField({ fields, path }: Place, name: string): readonly unknown[] | undefined {
  const value = fields[name] ?? undefined;
  if (value !== undefined && !Array.isArray(value)) throw wrongField(path + name, "must be an array");
  return value;
}

export function objectField({ fields, path }: Place, name: string): Place | undefined {
  const value = fields[name] ?? undefined;
  return value === undefined ? undefined : objectAt(value, path + name);
}

export function required<Value>(value: Value | undefined, path: string): Value {
  if (value === undefined || value === "") throw wrongField(path, "is missing");
  return value;
}
