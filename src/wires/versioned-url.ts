/**
 * A call's URL from a provider's base. A base that ends in `tail` (`/chat/completions`) stays as it is. Otherwise `tail` is appended,
 * after a `/v1` where the base names no version: neither a path segment such as `v1`, `v4` or `v1beta`, nor `api-version` in its query.
 * A query is kept.
 */
export function versionedUrl(base: string, tail: string): string {
  const mark = base.indexOf("?");
  const query = mark === -1 ? "" : base.slice(mark);
  let address = (mark === -1 ? base : base.slice(0, mark)).trim();
  while (address.endsWith("/")) address = address.slice(0, -1);
  if (address.endsWith(tail)) return address + query;
  const path = address.replace(/^[a-z]+:\/\/[^/]*/i, "");
  const versioned = /\/v\d[^/]*/i.test(path) || query.includes("api-version=");
  return `${address}${versioned ? "" : "/v1"}${tail}${query}`;
}
