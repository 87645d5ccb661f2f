import type { Config } from "#config/schema.ts";

type Quirks = NonNullable<Config["endpoints"][number]["quirks"]>;

type Camel<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : Name;

/** A server's quirks with the names that the program has for them: `toolIds` for `tool_ids`. */
export const camelQuirks = (quirks: Quirks): { readonly [Name in keyof Quirks as Camel<Name>]: Quirks[Name] } =>
  // The keys are renamed by the rule that the type states; the values stay.
  Object.fromEntries(
    Object.entries(quirks).map(([name, value]) => [name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]),
  ) as {
    readonly [Name in keyof Quirks as Camel<Name>]: Quirks[Name];
  };
