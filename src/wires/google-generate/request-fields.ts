import { isObject, type JsonObject } from "#base/json.ts";
import { toJsonObject } from "#wires/google-generate/carry.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, objectAt, wrongField } from "#wires/openai-chat/request-fields.ts";

/** An object of the protocol, whose fields clients may write in snake case as well. Throws `bad-request` where it is none. */
export function protoAt(value: unknown, path: string): Place {
  const place = objectAt(value, path);
  const fields = Object.entries(place.fields).map(([name, field]) => [toCamel(name), field] as const);
  return { fields: Object.fromEntries(fields), path: place.path };
}

const toCamel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The object in a field; `undefined` where the field is absent or null. */
export function protoField({ fields, path }: Place, name: string): Place | undefined {
  const value = fields[name] ?? undefined;
  return value === undefined ? undefined : protoAt(value, path + name);
}

/** The objects in a list; one that stands alone counts as a list of one. */
export function protoList(place: Place, name: string): readonly Place[] {
  const alone = place.fields[name];
  if (isObject(alone)) return [protoAt(alone, place.path + name)];
  return (listField(place, name) ?? []).map((item, at) => protoAt(item, `${place.path}${name}[${at}]`));
}

/** A field that holds JSON of the client's own. */
export function jsonField({ fields, path }: Place, name: string): JsonObject | undefined {
  const value = fields[name] ?? undefined;
  const json = toJsonObject(value);
  if (value !== undefined && json === undefined) throw wrongField(path + name, "must be an object");
  return json;
}

export function present<Name extends string, Value>(name: Name, value: Value | undefined): { readonly [Key in Name]?: Value } {
  // TypeScript widens a computed key to an index signature.
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: Value });
}
