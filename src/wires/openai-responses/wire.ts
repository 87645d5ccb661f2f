import { encodeError } from "#wires/openai-chat/encode-error.ts";
import { ResponsesDecoder } from "#wires/openai-responses/decode-events.ts";
import { decodeRequest } from "#wires/openai-responses/decode-request.ts";
import { encodeEvents } from "#wires/openai-responses/encode-events.ts";
import { encodeRequest } from "#wires/openai-responses/encode-request.ts";
import { versionedUrl } from "#wires/versioned-url.ts";
import type { Wire } from "#wires/wire.ts";

/** OpenAI Responses, and all servers that speak it (platform.openai.com/docs/api-reference/responses). Errors are those of openai-chat. */
export const openaiResponses = {
  name: "openai-responses",
  url: (baseUrl: string) => versionedUrl(baseUrl, "/responses"),
  encodeRequest,
  decodeEvents: () => new ResponsesDecoder(),
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;
