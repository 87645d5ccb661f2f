import { UsageError } from "#base/usage-error.ts";

/**
 * What a model reference says by its form alone; whether a prefix names a provider is for others to decide.
 * `prefixed`: `groq/llama-3.3`, `ollama:qwen3:14b`; the first separator divides, the rest is kept whole.
 * `url`: `custom:https://host/v1`, whose model stands beside it. `hint`: a model route. `custom`: an entry of `custom_models`.
 */
export type ModelRef =
  | { readonly kind: "prefixed"; readonly provider: string; readonly separator: "/" | ":"; readonly model: string }
  | { readonly kind: "url"; readonly scheme: CustomScheme; readonly url: string }
  | { readonly kind: "hint"; readonly name: string }
  | { readonly kind: "custom"; readonly name: string }
  | { readonly kind: "bare"; readonly name: string };

/** `custom` speaks OpenAI Chat Completions, `anthropic-custom` Anthropic Messages. */
export type CustomScheme = "custom" | "anthropic-custom";

/** A text that is no model reference. */
export class RefError extends UsageError {}

/** The longest reference that is read, in characters. */
const REF_LIMIT = 2048;

/** Reads a reference. Throws `RefError`. `printRef` gives back the same text. */
export function parseRef(text: string): ModelRef {
  checkText(text);
  const [, head = "", separator = "", rest = ""] = /^([^@:/][^:/]*)([:/])([^]*)$/.exec(text) ?? [];
  if (separator !== "/" && separator !== ":") return { kind: "bare", name: text };
  if (separator === ":") {
    if (head === "custom" && !looksLikeUrl(rest) && rest !== "") return { kind: "custom", name: rest };
    if (head === "custom" || head === "anthropic-custom") return { kind: "url", scheme: head, url: checkUrl(head, rest) };
    if (head === "http" || head === "https")
      throw new RefError("a URL is no model reference", "Write custom:<url> and name the model with -m.");
  }
  if (rest === "") throw new RefError(`"${text}" names no model`, `Write the model's name after "${text}".`);
  if (separator === ":" && head === "hint") return { kind: "hint", name: rest };
  return { kind: "prefixed", provider: head, separator, model: rest };
}

export function printRef(ref: ModelRef): string {
  switch (ref.kind) {
    case "prefixed":
      return ref.provider + ref.separator + ref.model;
    case "url":
      return `${ref.scheme}:${ref.url}`;
    case "hint":
      return `hint:${ref.name}`;
    case "custom":
      return `custom:${ref.name}`;
    case "bare":
      return ref.name;
  }
}

function checkText(text: string): void {
  if (text === "") throw new RefError("the model reference is empty", FORMS);
  if (text.length > REF_LIMIT) throw new RefError(`the model reference is longer than ${REF_LIMIT} characters`, FORMS);
  if (/[\s\p{Cc}]/u.test(text)) {
    throw new RefError(`the model reference ${JSON.stringify(text.slice(0, 80))} has white space or control characters in it`, FORMS);
  }
}

const FORMS = "Write provider/model, provider:model, or a model's bare name.";

const looksLikeUrl = (text: string): boolean => /^(https?:|[a-z][a-z0-9+.-]*:\/\/)/i.test(text);

function checkUrl(scheme: CustomScheme, url: string): string {
  const form = `Format: ${scheme}:https://your-api.example.com${scheme === "custom" ? "/v1" : ""}`;
  const advice = "Name the model beside it with -m.";
  if (url === "") throw new RefError(`${scheme} requires a URL. ${form}`, advice);
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    throw new RefError(`${scheme} requires an http:// or https:// URL. ${form}`, advice);
  const { username, password } = new URL(url);
  if (username !== "" || password !== "") {
    throw new RefError(
      `the URL of ${scheme} has a user name or a password in it`,
      "Leave it out, and give the key with --token or CUSTOM_API_KEY.",
    );
  }
  return url;
}
