/** A model named without its provider. `to`: the id that is meant, `$1` … standing for groups of `match`; absent: as written. */
export type BareName = { readonly match: RegExp; readonly provider: string; readonly to?: string; readonly rule: string };

/** The first that matches counts. */
export const BARE_NAMES: readonly BareName[] = [
  { match: /^opus$/i, provider: "anthropic", to: "claude-opus-5-5", rule: "opus is Anthropic's current Opus" },
  { match: /^sonnet$/i, provider: "anthropic", to: "claude-sonnet-5-5", rule: "sonnet is Anthropic's current Sonnet" },
  { match: /^haiku$/i, provider: "anthropic", to: "claude-haiku-5-5", rule: "haiku is Anthropic's current Haiku" },
  {
    match: /^(opus|sonnet|haiku)-(\d+)[.-](\d+)$/i,
    provider: "anthropic",
    to: "claude-$1-$2-$3",
    rule: "opus, sonnet and haiku with a version are Anthropic's",
  },
  { match: /^claude-/i, provider: "anthropic", rule: "claude-* is Anthropic's" },
  { match: /codex/i, provider: "openai", rule: "*codex* is OpenAI's" },
  // gpt-oss is open: whoever serves it, OpenAI does not.
  { match: /^gpt-(?!oss)/i, provider: "openai", rule: "gpt-* is OpenAI's" },
  { match: /^chatgpt/i, provider: "openai", rule: "chatgpt* is OpenAI's" },
  { match: /^o\d+(-|$)/i, provider: "openai", rule: "o1, o3, o4-mini … are OpenAI's" },
  { match: /^gemini-/i, provider: "gemini", rule: "gemini-* is Google's" },
];

/** The part after the colon of a name from Ollama's library: `latest`, `14b`, `8x7b-instruct-q4_0`. */
export const OLLAMA_TAG = /^(latest|(\d+x)?\d+(\.\d+)?[bm](-[\w.-]+)?)$/i;
