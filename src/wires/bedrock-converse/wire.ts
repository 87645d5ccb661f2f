import { WIRE } from "#wires/bedrock-converse/carry.ts";
import { decodeEvents } from "#wires/bedrock-converse/decode-events.ts";
import { decodeRequest } from "#wires/bedrock-converse/decode-request.ts";
import { encodeError } from "#wires/bedrock-converse/encode-error.ts";
import { encodeEvents } from "#wires/bedrock-converse/encode-events.ts";
import { encodeRequest } from "#wires/bedrock-converse/encode-request.ts";
import type { Wire, WireTarget } from "#wires/wire.ts";

/** Amazon Bedrock's Converse and ConverseStream (docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html). */
export const bedrockConverse = {
  name: WIRE,
  url: converseUrl,
  encodeRequest,
  decodeEvents,
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;

/** A path that ends in `/converse` or `/converse-stream` is complete. Slashes at the end do not count; a query stays. */
function converseUrl(baseUrl: string, { model, stream }: WireTarget): string {
  const end = baseUrl.search(/[?#]|$/);
  const base = baseUrl.slice(0, end).replace(/\/+$/, "");
  const query = baseUrl.slice(end).replace(/#.*/s, "");
  if (/\/converse(-stream)?$/.test(base)) return base + query;
  return `${base}/model/${encodeURIComponent(model.toWellFormed())}/converse${stream ? "-stream" : ""}${query}`;
}
