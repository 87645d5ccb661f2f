import type { ErrorKind } from "#model/error.ts";
import type { ModelFacts } from "#model/model.ts";
import type { Quirks } from "#wires/quirks.ts";
import type { WireName } from "#wires/wire.ts";
import type { ProbeId, ProbeResult } from "#app/check/probe.ts";

type Setting = Readonly<Record<string, string | boolean>>;

/** A piece of configuration, in its JSON shape: what holds for the provider, and what for the model. */
export type Override = {
  readonly providers: Readonly<Record<string, { readonly quirks?: Setting; readonly models?: Readonly<Record<string, Setting>> }>>;
};

export type Known = {
  readonly provider: string;
  readonly model: string;
  readonly wire: WireName;
  readonly quirks: Quirks;
  readonly facts: ModelFacts;
};

/** What the configuration should say, where the results differ from what is known; `null` where they do not. */
export function suggestOverride(known: Known, results: readonly ProbeResult[]): Override | null {
  const facts = factsOf(known.facts, results);
  const quirks = quirksOf(known, results);
  const parts = {
    ...(Object.keys(quirks).length === 0 ? {} : { quirks }),
    ...(Object.keys(facts).length === 0 ? {} : { models: { [known.model]: facts } }),
  };
  return Object.keys(parts).length === 0 ? null : { providers: { [known.provider.replaceAll("-", "_")]: parts } };
}

/** The override as TOML, to be pasted. */
export function printOverride({ providers }: Override): string {
  const lines = Object.entries(providers).flatMap(([slug, { quirks, models = {} }]) => [
    `[providers.${slug}]`,
    ...(quirks === undefined ? [] : [`quirks = ${inlineTable(quirks)}`]),
    ...Object.entries(models).map(([model, facts]) => `models.${JSON.stringify(model)} = ${inlineTable(facts)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

// JSON's strings and booleans are TOML's as well.
const inlineTable = (setting: Setting): string =>
  `{ ${Object.entries(setting)
    .map(([name, value]) => `${name} = ${JSON.stringify(value)}`)
    .join(", ")} }`;

/** Which fact a probe shows, and its value by the outcome. What is unknown counts as working. */
const FACTS = [
  { probe: "tool-call", fact: "tools", works: "native", fails: "none" },
  { probe: "image", fact: "vision", works: true, fails: false },
  { probe: "reasoning", fact: "reasoning", works: true, fails: false },
] as const satisfies readonly {
  readonly probe: ProbeId;
  readonly fact: keyof ModelFacts;
  readonly works: string | boolean;
  readonly fails: string | boolean;
}[];

function factsOf(known: ModelFacts, results: readonly ProbeResult[]): Setting {
  const found: Record<string, string | boolean> = {};
  for (const { probe, fact, works, fails } of FACTS) {
    const result = results.find(({ id }) => id === probe);
    if (result?.outcome === "works" && known[fact] === fails) found[fact] = works;
    if (result?.outcome === "fails" && isOfTheModel(result) && known[fact] !== fails) found[fact] = fails;
  }
  return found;
}

/** Failures that say something of the endpoint, and not of this hour. */
const REFUSALS: ReadonlySet<ErrorKind> = new Set(["bad-request", "unsupported-parameter", "model-not-found"]);

const isOfTheModel = ({ error }: ProbeResult): boolean => error === undefined || REFUSALS.has(error.kind);

type QuirkRule = {
  /** The probe that fails; absent: any. */
  readonly probe?: ProbeId;
  /** A probe that works all the same, without which the quirk would mean nothing. */
  readonly beside?: ProbeId;
  /** What the refusal says; absent: the probe need not have been refused. */
  readonly says?: RegExp;
  /** The wires that read the quirk. */
  readonly wires: readonly WireName[];
  readonly quirk: Partial<Pick<Quirks, "streamUsage" | "maxTokensField" | "parallelToolCalls" | "toolChoice" | "reasoningRequest">>;
};

const QUIRKS: readonly QuirkRule[] = [
  { says: /stream_options|include_usage/i, wires: ["openai-chat"], quirk: { streamUsage: "omit" } },
  { says: /max_completion_tokens/i, wires: ["openai-chat"], quirk: { maxTokensField: "max_completion_tokens" } },
  { says: /parallel_tool_calls/i, wires: ["openai-chat", "openai-responses"], quirk: { parallelToolCalls: "drop" } },
  { probe: "tool-choice", beside: "tool-call", wires: ["openai-chat", "openai-responses"], quirk: { toolChoice: "auto-only" } },
  { probe: "reasoning", says: /reason|think|effort/i, wires: ["openai-chat", "ollama-chat"], quirk: { reasoningRequest: "omit" } },
];

function quirksOf({ wire, quirks }: Known, results: readonly ProbeResult[]): Setting {
  const found: Record<string, string | boolean> = {};
  for (const { probe, beside, says, wires, quirk } of QUIRKS) {
    if (beside !== undefined && !results.some(({ id, outcome }) => id === beside && outcome === "works")) continue;
    const shown = results.some(
      (result) =>
        result.outcome === "fails" &&
        isOfTheModel(result) &&
        (probe === undefined || probe === result.id) &&
        (says === undefined || says.test(result.error?.message ?? "")),
    );
    if (!shown || !wires.includes(wire)) continue;
    for (const [name, value] of Object.entries(quirk)) {
      if (!Object.entries(quirks).some(([known, now]) => known === name && now === value)) found[snakeCase(name)] = value;
    }
  }
  return found;
}

const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
