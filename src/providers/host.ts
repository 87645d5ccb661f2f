import { UsageError } from "#base/usage-error.ts";
import type { Env } from "#providers/keys.ts";

/** `from`: what held the text, for errors. `usual`: the address that the provider has otherwise; it gives a missing port. */
export type HostText = { readonly text: string; readonly from: string; readonly usual: string };

/**
 * A base URL from what people write: with a scheme or without (then `http` for local names and numbers, `https` for others, and the
 * port of a local provider's usual address). An address to listen on everywhere (`0.0.0.0`) becomes loopback. No slash at the end.
 * Throws `UsageError`.
 */
export function parseHost({ text, from, usual }: HostText): string {
  const written = text.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(written)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") throw badHost(from, `it is ${scheme}://, not http:// or https://`);
  const url = toUrl(written, scheme, from);
  if (url.username !== "" || url.password !== "") throw badHost(from, "it has a user name or a password in it");
  if (url.hash !== "") throw badHost(from, "it has a # in it");
  const everywhere = LOOPBACK_OF[url.hostname];
  if (everywhere !== undefined) url.hostname = everywhere;
  const noPort = !/:\d+(\/|$)/.test(written);
  if (scheme === undefined && noPort && isLocal(url.hostname)) url.port = usualPort(usual);
  return url.href.replace(/\/+$/, "");
}

type Filling = { readonly env: Env; readonly who: string; readonly model?: string | null };

/**
 * The text with its `${NAME}`, `${ONE|OTHER}` and `${model}` filled in. Throws `UsageError` naming the variables of the first place for
 * which none is set.
 */
export function fillIn(template: string, { env, who, model }: Filling): string {
  return template.replaceAll(/\$\{([\w|]+)\}/g, (_, place: string) => {
    const names = place.split("|");
    const value = place === "model" ? (model ?? "") : (names.map((name) => env[name]?.trim() ?? "").find((text) => text !== "") ?? "");
    if (value !== "") return encodeURIComponent(value);
    const [first = ""] = names;
    throw names.length === 1
      ? new UsageError(
          `${who} needs ${first}, which is not set`,
          `Set it with \`export ${first}=…\`, or give the whole address with --host.`,
        )
      : new UsageError(
          `${who} needs one of ${names.join(", ")}, and none is set`,
          `Set it with \`export ${first}=…\`, or give the whole address with --host.`,
        );
  });
}

function toUrl(written: string, scheme: string | undefined, from: string): URL {
  const text = scheme === undefined && written.startsWith(":") ? `127.0.0.1${written}` : written;
  const whole = scheme === undefined ? `http://${text}` : text;
  if (written === "" || /[\s\p{Cc}]/u.test(written) || !URL.canParse(whole)) throw badHost(from, "it is no URL");
  const url = new URL(whole);
  return scheme === undefined && !isLocal(url.hostname) ? new URL(`https://${text}`) : url;
}

const badHost = (from: string, why: string): UsageError =>
  new UsageError(
    `the address in ${from} cannot be used: ${why}`,
    "Write it like https://api.example.com/v1, http://127.0.0.1:8080 or gpu-box:11434.",
  );

const LOOPBACK_OF: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "[::]": "[::1]" };

const isLocal = (host: string): boolean =>
  !host.includes(".") || /^[\d.]+$/.test(host) || host.startsWith("[") || /\.(local|localhost|internal|lan|home\.arpa)$/.test(host);

/** The port of a loopback address; remote providers are on their scheme's port. */
const usualPort = (usual: string): string => (URL.canParse(usual) && isLocal(new URL(usual).hostname) ? new URL(usual).port : "");
