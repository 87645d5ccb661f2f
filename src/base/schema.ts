import { Validator } from "@cfworker/json-schema";
import type { JsonObject } from "#base/json.ts";

/** The part of JSON Schema (2020-12) that our own schemas are written in; anything more may stand beside it and is checked, not typed. */
export type Schema = {
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";
  readonly description?: string;
  readonly enum?: readonly (string | number)[];
  readonly const?: string | number | boolean;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly pattern?: string;
};

/** The values that a schema written `as const` describes. */
export type FromSchema<S> = S extends { const: infer Value }
  ? Value
  : S extends { enum: readonly (infer Value)[] }
    ? Value
    : S extends { anyOf: readonly (infer Option)[] }
      ? FromSchema<Option>
      : S extends { type: infer Type }
        ? FromTyped<S, Type>
        : unknown;

type FromTyped<S, Type> = Type extends "string"
  ? string
  : Type extends "number" | "integer"
    ? number
    : Type extends "boolean"
      ? boolean
      : Type extends "null"
        ? null
        : Type extends "array"
          ? readonly FromSchema<S extends { items: infer Items } ? Items : unknown>[]
          : FromProperties<S>;

type FromProperties<S> = S extends { properties: infer P }
  ? { readonly [Name in keyof P as Name extends RequiredOf<S> ? Name : never]: FromSchema<P[Name]> } & {
      readonly [Name in keyof P as Name extends RequiredOf<S> ? never : Name]?: FromSchema<P[Name]>;
    }
  : S extends { additionalProperties: infer Value }
    ? { readonly [name: string]: FromSchema<Value> }
    : JsonObject;

type RequiredOf<S> = S extends { required: readonly (infer Name)[] } ? Name : never;

/** One thing wrong with a value: where (`/steps/0/reply`) and why. */
export type SchemaProblem = { readonly path: string; readonly message: string };

/** What is wrong with `value`, innermost reasons only; empty where it fits. */
export function checkSchema(schema: Schema, value: unknown): readonly SchemaProblem[] {
  if (value === undefined) return [{ path: "/", message: "is missing" }];
  // The cast only drops `readonly`, which the library's types do not know.
  const { valid, errors } = new Validator(schema as ConstructorParameters<typeof Validator>[0], "2020-12", false).validate(value);
  if (valid) return [];
  const inner = errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
  return (inner.length === 0 ? errors : inner).map(({ keyword, instanceLocation, error }) => ({
    path: instanceLocation.slice(1) || "/",
    message: keyword === "false" ? "is not a known field" : error,
  }));
}

/** Keywords whose errors only say that something inside them is wrong. */
const CONTAINERS = new Set(["properties", "items", "anyOf", "additionalProperties"]);
