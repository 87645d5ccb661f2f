import { decodeEvents } from "#wires/anthropic-messages/decode-events.ts";
import { decodeRequest } from "#wires/anthropic-messages/decode-request.ts";
import { encodeError } from "#wires/anthropic-messages/encode-error.ts";
import { encodeEvents } from "#wires/anthropic-messages/encode-events.ts";
import { encodeRequest } from "#wires/anthropic-messages/encode-request.ts";
import { WIRE } from "#wires/anthropic-messages/carry.ts";
import type { Wire } from "#wires/wire.ts";

/** Anthropic's Messages API, version 2023-06-01 (docs.anthropic.com/en/api/messages), and the servers that speak it. */
export const anthropicMessages = {
  name: WIRE,
  url: (baseUrl) => messagesUrl(baseUrl),
  encodeRequest,
  decodeEvents,
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;

/**
 * A path that ends in `/messages` is complete, one that ends in a version (`/v1`) gets `/messages`, every other (`/anthropic`, `/coding`,
 * none) gets `/v1/messages`. Slashes at the end do not count; a query stays.
 */
function messagesUrl(baseUrl: string): string {
  const end = baseUrl.search(/[?#]|$/);
  const base = baseUrl.slice(0, end).replace(/\/+$/, "");
  const query = baseUrl.slice(end).replace(/#.*/s, "");
  if (base.endsWith("/messages")) return base + query;
  return `${base}${/\/v\d+$/.test(base) ? "" : "/v1"}/messages${query}`;
}
