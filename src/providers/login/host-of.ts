import { UsageError } from "#base/usage-error.ts";

/** The origin that was asked for (`company.ghe.com`, `https://company.ghe.com`), or the usual one. Throws `UsageError`. */
export function originOf(host: string | undefined, usual: string): string {
  const written = host?.trim() ?? "";
  if (written === "") return usual;
  const text = /^[a-z]+:\/\//i.test(written) ? written : `https://${written}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.pathname === "/" && url.search === "")
    return url.origin;
  throw new UsageError("--host is no host", "Write a name without a path: --host company.ghe.com");
}

/**
 * An address that an authority named for the calls to come, where it lies below one of the vendor's own domains or at the authority itself:
 * tokens are sent to no other. `undefined` otherwise.
 */
export function ownAddress(text: unknown, domains: readonly string[], origin: string): string | undefined {
  if (typeof text !== "string" || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const own = domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  return (url.protocol === "https:" && own) || url.origin === origin ? url.href.replace(/\/+$/, "") : undefined;
}
