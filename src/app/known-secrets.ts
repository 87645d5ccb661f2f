import { proxyFor } from "#base/proxy.ts";
import { UsageError } from "#base/usage-error.ts";
import { allProviders } from "#providers/rows.ts";
import type { Env } from "#app/home.ts";

/** What must be masked by value: the providers' keys in the environment, the proxies' logins, and the key given by hand. */
export function knownSecrets(env: Env, token?: string): readonly string[] {
  const variables = allProviders().flatMap(({ row: { auth } }) => (auth.scheme === "none" ? [] : auth.env));
  const keys = [...new Set(variables)].map((name) => env[name]?.trim() ?? "").filter((value) => value !== "");
  return [
    ...keys,
    ...(token === undefined ? [] : [token.trim()]),
    ...["http://a.invalid", "https://a.invalid"].flatMap((url) => loginOf(url, env)),
  ];
}

function loginOf(url: string, env: Env): readonly string[] {
  try {
    return proxyFor(url, { ...env, NO_PROXY: "", no_proxy: "" })?.secrets ?? [];
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}
