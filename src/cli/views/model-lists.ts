import type { Capabilities, Fact } from "#providers/capabilities.ts";
import type { ProviderList } from "#providers/list-provider.ts";
import { printCount } from "#terminal/figures.ts";

/** A line of the table for each model; what is a mere guess is left blank. */
export const modelRows = ({ target, models }: ProviderList): readonly (readonly string[])[] =>
  models.map(({ id, free, capabilities }) => [
    `${target.provider}/${id}`,
    count(capabilities.contextTokens),
    count(capabilities.maxOutputTokens),
    certain(capabilities.tools) ?? "",
    also(capabilities, free === true),
  ]);

/** What a reader must know about where a list comes from. */
export function noteLines({ target, origin, ageMs, dropped, cut, problem }: ProviderList, all: boolean): readonly string[] {
  const said = problem === null ? "" : ` (${problem.message})`;
  const lines: string[] = [];
  if (origin === "kept") lines.push(`kept from ${age(ageMs)} ago${said}; --refresh asks again`);
  if (origin === "catalogue") lines.push(`from the catalogue, since the provider could not be asked${said}`);
  if (origin === "curated" && cut === null) lines.push("chosen by hand; other names may work too");
  if (cut !== null) lines.push(cut);
  if (!all && dropped.length > 0) lines.push(`${dropped.length} left out; --all shows them`);
  return lines.map((line) => `${target.provider}: ${line}`);
}

export function toJson({ target, origin, ageMs, models, dropped, cut, problem }: ProviderList, all: boolean) {
  return {
    provider: target.provider,
    baseUrl: target.baseUrl,
    origin,
    ageMs,
    cut,
    problem: problem?.message ?? null,
    models: models.map(({ id, free, capabilities }) => ({ id, free: free === true, ...capabilities })),
    ...(all ? { dropped } : {}),
  };
}

const certain = <Value>({ value, origin }: Fact<Value>): Value | null => (origin === "default" ? null : value);

function count(fact: Fact<number>): string {
  const value = certain(fact);
  return value === null ? "" : printCount(value);
}

function also({ vision, reasoning, billions }: Capabilities, free: boolean): string {
  const words = [
    certain(vision) === true ? "images" : "",
    certain(reasoning) === true ? "reasoning" : "",
    billions.value === null ? "" : `${billions.value}B`,
    free ? "free" : "",
  ];
  return words.filter((word) => word !== "").join(", ");
}

function age(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
