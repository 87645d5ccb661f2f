import type { ConfigSchema } from "#config/schema-type.ts";

export const MODEL_ROUTES = {
  type: "array",
  default: [],
  "x-project": "open",
  description: "Which provider gets which models.",
  items: {
    type: "object",
    additionalProperties: false,
    required: ["hint", "provider"],
    properties: {
      hint: { type: "string", "x-plain": true, minLength: 1, description: "The start of a model's name, or a name used as `hint:<name>`." },
      provider: { type: "string", minLength: 1, description: "Who is asked." },
      model: { type: "string", description: "The model that is asked in place of the one named." },
      api_key: { type: "string", writeOnly: true, "x-project": "trusted", description: "The key for this route." },
    },
  },
} as const satisfies ConfigSchema;

const REFS = { type: "array", items: { type: "string" } } as const satisfies ConfigSchema;
const milliseconds = { type: "integer", minimum: 1 } as const satisfies ConfigSchema;

export const RELIABILITY = {
  type: "object",
  default: {},
  additionalProperties: false,
  "x-project": "open",
  description: "What happens when a request fails. Times are in milliseconds.",
  properties: {
    provider_retries: {
      type: "integer",
      minimum: 0,
      maximum: 20,
      default: 2,
      description: "Further attempts with the same key and target.",
    },
    provider_backoff_ms: {
      type: "integer",
      minimum: 1,
      default: 500,
      description: "The first wait; it doubles up to 10 s, with full jitter.",
    },
    fallback_providers: { ...REFS, default: [], description: "Who is asked next, in order." },
    api_keys: {
      type: "array",
      default: [],
      items: { type: "string", writeOnly: true },
      "x-project": "trusted",
      description: "Further keys of the default provider, rotated on rate limit, refused key and quota.",
    },
    model_fallbacks: {
      type: "object",
      default: {},
      additionalProperties: REFS,
      description: "For a model reference, the references that are asked next.",
    },
    timeout_connect_ms: { ...milliseconds, default: 10_000, description: "Until the connection stands." },
    timeout_first_token_ms: { ...milliseconds, default: 120_000, description: "Until the first token." },
    timeout_idle_ms: { ...milliseconds, default: 60_000, description: "Between two pieces of an answer." },
    timeout_total_ms: { ...milliseconds, description: "For one whole answer. Standard: no limit." },
    longest_wait_ms: {
      ...milliseconds,
      default: 30_000,
      description: "A server that asks for a longer wait is left for the next key or target.",
    },
    breaker_failures: { type: "integer", minimum: 1, default: 3, description: "So many failures in `breaker_window_ms` open the breaker." },
    breaker_window_ms: { ...milliseconds, default: 60_000, description: "The time in which failures are counted together." },
    breaker_open_ms: { ...milliseconds, default: 60_000, description: "How long an open breaker lets nothing through." },
  },
} as const satisfies ConfigSchema;

const model = (work: string) => ({ type: "string", description: `The model for ${work}. Empty: the main one.` }) as const;
const provider = (work: string) => ({ type: "string", description: `The provider for ${work}. \`auto\`: as its model says.` }) as const;

export const AGENTS = {
  type: "object",
  default: {},
  additionalProperties: false,
  "x-project": "open",
  description: "Models for kinds of work.",
  properties: {
    defaults: {
      type: "object",
      default: {},
      additionalProperties: false,
      description: "What agents use unless they are told otherwise.",
      properties: {
        model: model("the main work"),
        provider: provider("the main work"),
        subagent_model: model("helpers"),
        subagent_provider: provider("helpers"),
        vision_model: model("images, where the main model sees none"),
        vision_provider: provider("images"),
        image_model: model("making images"),
        image_provider: provider("making images"),
        video_model: model("making videos"),
        video_provider: provider("making videos"),
      },
    },
  },
} as const satisfies ConfigSchema;

export const AGENT = {
  type: "object",
  default: {},
  additionalProperties: false,
  "x-project": "open",
  description: "How the agent changes keys and models by itself.",
  properties: {
    rotation: {
      type: "object",
      default: {},
      additionalProperties: false,
      description: "The chain of `<provider>:<model>` that is tried in turn.",
      properties: {
        keys: { type: "boolean", default: true, description: "Whether the next key is tried." },
        models: { type: "boolean", default: true, description: "Whether the next model of the chain is tried." },
        default: { ...REFS, default: [], description: "The chain." },
        overrides: { type: "object", default: {}, additionalProperties: REFS, description: "Chains for single `<provider>:<model>`." },
      },
    },
  },
} as const satisfies ConfigSchema;

const EFFORT = { enum: ["none", "low", "medium", "high"] } as const satisfies ConfigSchema;

export const PHASE_MODELS = {
  type: "object",
  default: {},
  additionalProperties: false,
  "x-project": "open",
  description: "The model of each phase of `factory run`.",
  properties: {
    spec: model("writing the specification"),
    planning: model("planning"),
    coding: model("coding"),
    qa: model("checking"),
    qa_fixer: model("repairing what was found"),
  },
} as const satisfies ConfigSchema;

export const PHASE_THINKING = {
  type: "object",
  default: {},
  additionalProperties: false,
  "x-project": "open",
  description: "How hard each phase thinks.",
  properties: {
    spec: { ...EFFORT, default: "medium", description: "Writing the specification." },
    planning: { ...EFFORT, default: "high", description: "Planning." },
    coding: { ...EFFORT, default: "medium", description: "Coding." },
    qa: { ...EFFORT, default: "high", description: "Checking." },
    qa_fixer: { ...EFFORT, default: "low", description: "Repairing what was found." },
  },
} as const satisfies ConfigSchema;

export const PROFILES = {
  type: "object",
  default: {},
  "x-project": "open",
  description: "Named choices of models, taken with `--profile`.",
  additionalProperties: {
    type: "object",
    additionalProperties: false,
    properties: {
      extends: { type: "string", "x-plain": true, description: "The profile that this one adds to." },
      model: { type: "string", description: "The main model." },
      provider: { type: "string", description: "The main provider." },
      phase_models: { ...PHASE_MODELS, description: "Models of single phases." },
      phase_thinking: {
        type: "object",
        additionalProperties: false,
        description: "How hard single phases think.",
        properties: { spec: EFFORT, planning: EFFORT, coding: EFFORT, qa: EFFORT, qa_fixer: EFFORT },
      },
    },
  },
} as const satisfies ConfigSchema;
