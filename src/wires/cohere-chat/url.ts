/**
 * The URL of the chat call. The base may end in `/v2`, in `/v2/chat`, or in the version of another surface (`/v1`, `/compatibility/v1`),
 * beside which this one lies. A query is kept.
 */
export function chatUrl(base: string): string {
  const [address = "", ...query] = base.trim().split("?");
  const root = address.replace(/\/+$/, "").replace(OTHER_ENDS, "");
  return [`${root}/v2/chat`, ...query].join("?");
}

const OTHER_ENDS = /(?:\/v[12](?:\/chat)?|\/compatibility(?:\/v1(?:\/chat\/completions)?)?)$/;
