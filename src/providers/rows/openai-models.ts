import type { ReasoningEffort } from "#model/request.ts";
import type { ModelRule } from "#providers/row.ts";
import type { Quirks } from "#wires/quirks.ts";

const ALL: readonly ReasoningEffort[] = ["none", "low", "medium", "high", "xhigh", "max"];

/** Models that reason speak Responses, refuse sampling parameters, and think little unless they are asked to. */
const reasons = (match: RegExp, reasoningEfforts: readonly ReasoningEffort[], more: Quirks = {}): ModelRule => ({
  match,
  wire: "openai-responses",
  quirks: { temperature: "drop", reasoningEfforts, defaultReasoning: "low", ...more },
  facts: { reasoning: true },
});

const answers = (match: RegExp): ModelRule => ({ match, quirks: { reasoningRequest: "omit" }, facts: { reasoning: false } });

/** OpenAI's own models by the start of their ids, wherever they are served under those. */
export const OPENAI_MODELS: readonly ModelRule[] = [
  reasons(/codex/, ALL.slice(1, 5), { defaultReasoning: "medium" }),
  reasons(/^o\d/, ["low", "medium", "high"], { parallelToolCalls: "drop" }),
  answers(/^chatgpt-|-chat(-latest)?$/),
  reasons(/^gpt-5(-|$)/, ["minimal", "low", "medium", "high"]),
  reasons(/^gpt-5\.1(-|$)/, ALL.slice(0, 4)),
  reasons(/^gpt-5\.[2-5](-|$)/, ALL.slice(0, 5)),
  reasons(/^gpt-(5\.|6\.1-terra|6-luna|6-sol)/, ALL),
  reasons(/^gpt-[6-9]/, ALL.slice(1)),
  answers(/^gpt-[34]/),
];
