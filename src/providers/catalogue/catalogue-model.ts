import type { ReasoningEffort } from "#model/request.ts";
import type { WireName } from "#wires/wire.ts";

/** What a catalogue knows of one model. `null` is unknown. */
export type CatalogueModel = {
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  /** Most of the context that the prompt may take, where that is less than all of it. */
  readonly maxInputTokens: number | null;
  readonly images: boolean | null;
  readonly tools: boolean | null;
  readonly structuredOutput: boolean | null;
  /** Whether a temperature may be sent. */
  readonly temperature: boolean | null;
  readonly reasoning: CatalogueReasoning | null;
  readonly price: CataloguePrice | null;
  /** YYYY, YYYY-MM or YYYY-MM-DD, as are all dates of a model. */
  readonly released: string | null;
  readonly retires: string | null;
  readonly status: ModelStatus | null;
  /** The field in which the model wants its reasoning back between tool calls; `true`: it wants it, in its wire's own way. */
  readonly replay: ReasoningField | true | null;
  /** The wire that the model speaks where it is not the provider's. */
  readonly wire: WireName | null;
};

/** `efforts`: the levels that may be asked for. `budget`: a number of tokens may be. `toggle`: it can be switched off. */
export type CatalogueReasoning = {
  readonly supported: boolean;
  readonly efforts: readonly ReasoningEffort[];
  readonly budget: { readonly min: number | null; readonly max: number | null } | null;
  readonly toggle: boolean;
};

/** USD per million tokens. `null` is unknown, except `reasoning`: that is the output's price then. */
type Rates = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite: number | null;
};

/** `tiers`: what replaces the rates once the prompt is longer than `aboveTokens`, the least first. `date` is YYYY-MM-DD. */
export type CataloguePrice = Rates & {
  readonly reasoning: number | null;
  readonly tiers: readonly (Rates & { readonly aboveTokens: number })[];
  readonly date: string;
  readonly source: string;
};

export const MODEL_STATUSES = ["alpha", "beta", "deprecated"] as const;
type ModelStatus = (typeof MODEL_STATUSES)[number];

export const REASONING_FIELDS = ["reasoning_content", "reasoning_details", "reasoning"] as const;
type ReasoningField = (typeof REASONING_FIELDS)[number];

export const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

/** The models of one provider, by id. */
export interface ModelTable {
  ids(): readonly string[];
  get(id: string): CatalogueModel | undefined;
}

/** One file of models: the shipped one, the refreshed one, or the user's. Providers go by slug. */
export type CatalogueLayer = {
  /** YYYY-MM-DD: when the facts were collected. */
  readonly date: string;
  readonly source: string;
  readonly providers: ReadonlyMap<string, ModelTable>;
};

/** The words of a file's `can`, and the fact that each stands for. */
export const ABILITIES = { image: "images", tools: "tools", json: "structuredOutput", temperature: "temperature" } as const;
