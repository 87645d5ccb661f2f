import { nearest } from "#base/nearest.ts";
import { UsageError } from "#base/usage-error.ts";
import type { Provider } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";

/** The provider with this slug or alias. Letter case does not count, nor does `_` for `-`. */
export function findProvider(name: string): Provider | undefined {
  const wanted = plain(name);
  return allProviders().find(({ slug, row }) => slug === wanted || row.aliases.includes(wanted));
}

/**
 * The provider that a name given on its own means: also by the start of a regional family's name (`kimi-k3` is Moonshot).
 * Throws `UsageError` with the nearest names where there is none.
 */
export function requireProvider(name: string): Provider {
  const provider = meantProvider(name);
  if (provider === undefined) throw unknownProvider(name);
  return provider;
}

/** As `requireProvider`; `undefined` where there is none. */
export function meantProvider(name: string): Provider | undefined {
  const exact = findProvider(name);
  if (exact !== undefined) return exact;
  const family = FAMILIES.find(({ prefixes }) => prefixes.some((prefix) => plain(name).startsWith(prefix)));
  return family === undefined ? undefined : findProvider(family.slug);
}

/** `more`: what else would help, as a sentence. */
export function unknownProvider(name: string, more = "Any compatible endpoint: -p custom:<url>."): UsageError {
  const names = allProviders().flatMap(({ slug, row }) => [slug, ...row.aliases]);
  const meant = nearest(plain(name), names);
  const suggestion = meant.length === 0 ? "" : ` Did you mean ${meant.join(", ")}?`;
  return new UsageError(`unknown provider ${JSON.stringify(name.slice(0, 80))}.${suggestion}`, `\`factory providers\` lists all. ${more}`);
}

/** Families whose regional names people make up; anything that starts so and is no exact name means the family's plain row. */
export const FAMILIES: readonly { readonly prefixes: readonly string[]; readonly slug: string }[] = [
  { prefixes: ["moonshot", "kimi"], slug: "moonshot" },
  { prefixes: ["glm", "zhipu"], slug: "glm" },
  { prefixes: ["minimax"], slug: "minimax" },
  { prefixes: ["qwen", "dashscope"], slug: "qwen" },
  { prefixes: ["z.ai"], slug: "zai" },
];

const plain = (name: string): string => name.toLowerCase().replaceAll("_", "-");
