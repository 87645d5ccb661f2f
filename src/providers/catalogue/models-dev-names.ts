import type { WireName } from "#wires/wire.ts";

/**
 * A provider of models.dev. `only`: the ids that are taken. `plan`: its users pay by the month, so a price of 0 says nothing about a token.
 */
export type ModelsDevSource = { readonly id: string; readonly only?: RegExp; readonly plan?: true };

const same = (...ids: readonly string[]): readonly ModelsDevSource[] => ids.map((id) => ({ id }));
const plan = (id: string): ModelsDevSource => ({ id, plan: true });

/** Our slugs, and where in models.dev their models stand; an earlier one wins. */
export const MODELS_DEV_PROVIDERS: Readonly<Record<string, readonly ModelsDevSource[]>> = {
  anthropic: same("anthropic"),
  openai: same("openai"),
  "openai-codex": [{ id: "openai", only: /^gpt-[5-9]/ }],
  "azure-openai": same("azure", "azure-cognitive-services"),
  bedrock: same("amazon-bedrock"),
  gemini: same("google"),
  vertex: same("google-vertex", "google-vertex-anthropic"),
  copilot: [plan("github-copilot")],
  groq: same("groq"),
  cerebras: same("cerebras"),
  mistral: same("mistral"),
  codestral: [{ id: "mistral", only: /^codestral/ }],
  cohere: same("cohere"),
  xai: same("xai"),
  deepseek: same("deepseek"),
  together: same("togetherai"),
  fireworks: same("fireworks-ai"),
  deepinfra: same("deepinfra"),
  baseten: same("baseten"),
  perplexity: same("perplexity", "perplexity-agent"),
  nvidia: same("nvidia"),
  venice: same("venice"),
  synthetic: same("synthetic"),
  ovhcloud: same("ovhcloud"),
  openrouter: same("openrouter"),
  vercel: same("vercel"),
  opencode: same("opencode"),
  "opencode-go": same("opencode-go"),
  huggingface: same("huggingface"),
  workersai: same("cloudflare-workers-ai"),
  "cloudflare-gateway": same("cloudflare-ai-gateway"),
  aihubmix: same("aihubmix"),
  moonshot: same("moonshotai"),
  "moonshot-cn": same("moonshotai-cn"),
  "kimi-code": [plan("kimi-for-coding")],
  glm: same("zai"),
  "glm-cn": same("zhipuai"),
  zai: [plan("zai-coding-plan")],
  "zai-cn": [plan("zhipuai-coding-plan")],
  minimax: [...same("minimax"), plan("minimax-coding-plan")],
  "minimax-cn": [...same("minimax-cn"), plan("minimax-cn-coding-plan")],
  qwen: same("alibaba-cn"),
  "qwen-intl": same("alibaba"),
  "qwen-coding-plan": [plan("alibaba-coding-plan")],
  "qwen-coding-plan-cn": [plan("alibaba-coding-plan-cn")],
  "qwen-token-plan": [plan("alibaba-token-plan")],
  "qwen-token-plan-cn": [plan("alibaba-token-plan-cn")],
  novita: same("novita-ai"),
  siliconflow: same("siliconflow"),
  modelscope: same("modelscope"),
  stepfun: same("stepfun"),
  "xiaomi-mimo": same("xiaomi"),
  "ollama-cloud": [plan("ollama-cloud")],
};

/** What a model's own package in models.dev says of its wire. */
export const WIRE_OF_PACKAGE: ReadonlyMap<string, WireName> = new Map([
  ["@ai-sdk/openai-compatible", "openai-chat"],
  ["@ai-sdk/openai", "openai-responses"],
  ["@ai-sdk/anthropic", "anthropic-messages"],
  ["@ai-sdk/google-vertex/anthropic", "anthropic-messages"],
  ["@ai-sdk/google", "google-generate"],
  ["@ai-sdk/google-vertex", "google-generate"],
  ["@ai-sdk/amazon-bedrock", "bedrock-converse"],
  ["@ai-sdk/cohere", "cohere-chat"],
]);
