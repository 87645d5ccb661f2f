import type { Json } from "#base/json.ts";
import type { Schema } from "#base/schema.ts";
import type { Lazy } from "#config/expand.ts";

/**
 * JSON Schema as the configuration is written in, with a few words of our own:
 * `x-names`: other names that are read for this key, in snake_case. `x-keys`: the keys of this table are provider slugs or labels, and letter
 * case, `_` and `-` do not tell them apart. `x-project`: whether a project file may set this and what lies below it (`open`) or only that of
 * a trusted folder (`trusted`, as everything that has no mark). `x-plain`: a name that is never taken from a variable. `x-expected`: what to
 * say about a wrong value, in place of the list of right ones. `writeOnly`: a secret; it is set and never shown.
 */
export type ConfigSchema = Omit<Schema, "properties" | "items" | "additionalProperties" | "anyOf"> & {
  readonly properties?: { readonly [name: string]: ConfigSchema };
  readonly items?: ConfigSchema;
  readonly additionalProperties?: false | ConfigSchema;
  readonly anyOf?: readonly ConfigSchema[];
  readonly default?: Json;
  readonly format?: "uri";
  readonly writeOnly?: true;
  readonly "x-names"?: readonly string[];
  readonly "x-keys"?: "slug";
  readonly "x-project"?: "open" | "trusted";
  readonly "x-plain"?: true;
  readonly "x-expected"?: string;
};

/** The configuration that a schema written `as const` describes, with its defaults filled in. Texts are `Lazy`, as they may name variables. */
export type ConfigOf<S> = S extends { const: infer Value }
  ? Value
  : S extends { enum: readonly (infer Value)[] }
    ? Value
    : S extends { anyOf: readonly (infer Option)[] }
      ? ConfigOf<Option>
      : S extends { type: "string" }
        ? S extends { "x-plain": true }
          ? string
          : Lazy<string>
        : S extends { type: "number" | "integer" }
          ? number
          : S extends { type: "boolean" }
            ? boolean
            : S extends { items: infer Items }
              ? readonly ConfigOf<Items>[]
              : S extends { properties: infer P }
                ? OfProperties<S, P>
                : S extends { additionalProperties: infer Value extends object }
                  ? { readonly [name: string]: ConfigOf<Value> }
                  : Lazy<Json>;

type OfProperties<S, P> = { readonly [Name in keyof P as Always<S, P, Name>]: ConfigOf<P[Name]> } & {
  readonly [Name in Exclude<keyof P, Always<S, P, keyof P>>]?: ConfigOf<P[Name]>;
};

/** The names that have a value in every configuration. */
type Always<S, P, Name extends keyof P> = Name extends keyof P
  ? P[Name] extends { default: unknown }
    ? Name
    : S extends { required: readonly (infer Required)[] }
      ? Name extends Required
        ? Name
        : never
      : never
  : never;
