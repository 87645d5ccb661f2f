/** A provider that people know and that has no row yet. `instead` says what to do meanwhile. */
export type NotYet = { readonly name: string; readonly names: readonly string[]; readonly instead: string };

export const NOT_YET: readonly NotYet[] = [
  {
    name: "GitHub Copilot",
    names: ["copilot", "github-copilot", "githubcopilot", "gh-copilot"],
    instead: "Use -p openai, -p anthropic or another provider with a key of its own.",
  },
  {
    name: "OpenAI Codex (ChatGPT plan)",
    names: ["openai-codex", "codex", "codex-cli"],
    instead: "Use -p openai with OPENAI_API_KEY.",
  },
  {
    name: "Azure OpenAI",
    names: ["azure-openai", "azure", "azure-cognitive-services"],
    instead: "Use -p openai with --host https://<resource>.openai.azure.com/openai/v1 and --token.",
  },
  {
    name: "AWS Bedrock",
    names: ["bedrock", "aws-bedrock", "amazon-bedrock"],
    instead: "Use -p anthropic, or an OpenAI-compatible gateway before it as custom:<url>.",
  },
  {
    name: "Google Vertex AI",
    names: ["vertex", "vertexai", "vertex-ai", "google-vertex"],
    instead: "Use -p gemini with GEMINI_API_KEY.",
  },
  {
    name: "MiniMax login",
    names: ["minimax-oauth", "minimax-portal", "minimax-oauth-global", "minimax-portal-global", "minimax-oauth-cn", "minimax-portal-cn"],
    instead: "Use -p minimax or -p minimax-cn with MINIMAX_API_KEY.",
  },
  {
    name: "Qwen login",
    names: ["qwen-oauth", "qwen-code"],
    instead: "Its free tier ended in April 2026: use -p qwen with DASHSCOPE_API_KEY, or -p qwen-coding-plan.",
  },
];
