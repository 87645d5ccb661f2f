import { UsageError } from "#base/usage-error.ts";
import { findProvider, unknownProvider } from "#providers/find.ts";
import type { ClientIdSource } from "#providers/login/client-id.ts";
import type { Cloud } from "#providers/login/cloud-chain.ts";
import type { MiniMax } from "#providers/login/minimax.ts";
import type { StandardDevice } from "#providers/login/standard-device.ts";
import type { Provider } from "#providers/row.ts";

/** How credentials are got that are then kept here. */
export type StoredWay =
  | { readonly kind: "device"; readonly device: StandardDevice }
  | { readonly kind: "copilot"; readonly clientId: ClientIdSource }
  | { readonly kind: "codex"; readonly clientId: ClientIdSource }
  | { readonly kind: "minimax"; readonly region: MiniMax }
  | { readonly kind: "chatgpt" }
  | { readonly kind: "openrouter" }
  | { readonly kind: "pasted"; readonly provider: Provider; readonly page: string; readonly note?: string | undefined };

/** `cloud`: its own tools keep the login. `closed`: not offered to programs of others, or no longer. */
type Way =
  | StoredWay
  | { readonly kind: "cloud"; readonly cloud: Cloud }
  | { readonly kind: "closed"; readonly why: string; readonly instead: string };

/** `summary`: the way in a few words, for a list. */
export type Login = { readonly slug: string; readonly name: string; readonly summary: string; readonly way: Way };

type LoginRow = {
  readonly name: string;
  /** Beside those of the provider's row. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly way: Exclude<Way, { kind: "pasted" }>;
};

/**
 * The login that a name means; with `paste`, by a key of the provider's page even where there is another way. Throws `UsageError` where
 * there is none.
 */
export function findLogin(name: string, { paste = false }: { readonly paste?: boolean } = {}): Login {
  const wanted = name.toLowerCase().replaceAll("_", "-");
  const named = Object.entries(LOGINS).find(([slug, { aliases = [] }]) => slug === wanted || aliases.includes(wanted));
  const provider = findProvider(named?.[0] ?? name);
  const row = named ?? Object.entries(LOGINS).find(([slug]) => slug === provider?.slug);
  if (row !== undefined && !paste) return toLogin(row);
  if (row !== undefined && provider?.row.keyUrl === undefined)
    throw new UsageError(`${row[1].name} has no keys to paste`, `Leave --paste out: factory login ${row[0]}`);
  if (provider === undefined) throw unknownProvider(name);
  return pastedLogin(provider);
}

/** Every login with a way of its own, in the order of the table. All other providers are logged in to by a pasted key. */
export const specialLogins = (): readonly Login[] => Object.entries(LOGINS).map(toLogin);

const toLogin = ([slug, { name, summary, way }]: readonly [string, LoginRow]): Login => ({ slug, name, summary, way });

function pastedLogin(provider: Provider): Login {
  const { slug, row } = provider;
  if (row.keyUrl === undefined) {
    throw new UsageError(
      `${row.name} needs no login`,
      row.auth.scheme === "none" ? (row.startHint ?? "Just use it.") : "Give its key with --token.",
    );
  }
  const way = { kind: "pasted", provider, page: row.keyUrl, note: NOTES[slug] } as const;
  return { slug, name: row.name, summary: "a key from its page, pasted", way };
}

/** What a person who wants to log in there must know first. */
const NOTES: Readonly<Record<string, string>> = {
  anthropic:
    "A Claude subscription (Pro, Max) works in Anthropic's own tools only: run their `claude` for that. Here you log in with an API key of the console.",
};

const MINIMAX_ID: ClientIdSource = {
  variable: "FACTORY_MINIMAX_CLIENT_ID",
  instead: "Or use a key: factory login minimax --paste (minimax-cn in China).",
};

/**
 * By the slug of the provider's row, where there is one: its requests look for the login there. Ids, paths and scopes are the authorities'
 * own. Client ids of other products stand nowhere here.
 */
const LOGINS: Readonly<Record<string, LoginRow>> = {
  copilot: {
    name: "GitHub Copilot",
    summary: "device code; needs FACTORY_COPILOT_CLIENT_ID; --host for an enterprise",
    way: {
      kind: "copilot",
      clientId: { variable: "FACTORY_COPILOT_CLIENT_ID", instead: "Or run GitHub's own tool, `copilot`, which brings its own." },
    },
  },
  chatgpt: {
    name: "ChatGPT",
    aliases: ["openai-chatgpt"],
    summary: "Sign in with ChatGPT, in the browser",
    way: { kind: "chatgpt" },
  },
  "openai-codex": {
    name: "OpenAI Codex (ChatGPT plan)",
    summary: "device code; needs FACTORY_CODEX_CLIENT_ID",
    way: {
      kind: "codex",
      clientId: { variable: "FACTORY_CODEX_CLIENT_ID", instead: "Or use `factory login chatgpt`, or OpenAI's own tool, `codex`." },
    },
  },
  openrouter: {
    name: "OpenRouter",
    summary: "in the browser; gives a key of your own",
    way: { kind: "openrouter" },
  },
  "minimax-oauth": {
    name: "MiniMax",
    summary: "device code; needs FACTORY_MINIMAX_CLIENT_ID",
    way: {
      kind: "minimax",
      region: { origin: "https://account.minimax.io", apiUrl: "https://api.minimax.io", domains: ["minimax.io"], clientId: MINIMAX_ID },
    },
  },
  "minimax-oauth-cn": {
    name: "MiniMax (China)",
    summary: "device code; needs FACTORY_MINIMAX_CLIENT_ID",
    way: {
      kind: "minimax",
      region: {
        origin: "https://account.minimaxi.com",
        apiUrl: "https://api.minimaxi.com",
        domains: ["minimaxi.com"],
        clientId: MINIMAX_ID,
      },
    },
  },
  "kimi-code": {
    name: "Kimi Code",
    summary: "device code; needs FACTORY_KIMI_CLIENT_ID, or --paste",
    way: {
      kind: "device",
      device: {
        origin: "https://auth.kimi.com",
        originEnv: ["KIMI_CODE_OAUTH_HOST", "KIMI_OAUTH_HOST"],
        codePath: "/api/oauth/device_authorization",
        tokenPath: "/api/oauth/token",
        clientId: { variable: "FACTORY_KIMI_CLIENT_ID", instead: "Or use a key of your plan: factory login kimi-code --paste" },
        baseUrl: "https://api.kimi.com/coding",
      },
    },
  },
  vertex: {
    name: "Google Vertex AI",
    aliases: ["gcloud"],
    summary: "checks what gcloud set up; keeps nothing",
    way: { kind: "cloud", cloud: "google" },
  },
  bedrock: {
    name: "AWS Bedrock",
    aliases: ["aws"],
    summary: "checks what the AWS tools set up; keeps nothing",
    way: { kind: "cloud", cloud: "aws" },
  },
  "claude-subscription": {
    name: "Claude subscription",
    aliases: ["claude-code", "claude-pro", "claude-max"],
    summary: "not offered to other programs",
    way: {
      kind: "closed",
      why: "Anthropic allows its subscriptions in its own tools only",
      instead: "Use an API key (factory login anthropic), or run Anthropic's own `claude` for the subscription.",
    },
  },
  "qwen-oauth": {
    name: "Qwen login",
    summary: "ended in April 2026",
    way: {
      kind: "closed",
      why: "Qwen ended its free sign-in on 15 April 2026 and refuses new ones",
      instead: "Use a key: factory login qwen, or factory login qwen-coding-plan.",
    },
  },
};
