import { decodeEvents } from "#wires/cohere-chat/decode-events.ts";
import { decodeRequest } from "#wires/cohere-chat/decode-request.ts";
import { encodeError, encodeEvents } from "#wires/cohere-chat/encode-events.ts";
import { encodeRequest } from "#wires/cohere-chat/encode-request.ts";
import { chatUrl } from "#wires/cohere-chat/url.ts";
import type { Wire } from "#wires/wire.ts";

/** Cohere's own chat, `POST /v2/chat` (docs.cohere.com/reference/chat). */
export const cohereChat = {
  name: "cohere-chat",
  url: chatUrl,
  encodeRequest,
  decodeEvents,
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;
