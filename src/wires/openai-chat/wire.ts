import { ChatDecoder } from "#wires/openai-chat/decode-events.ts";
import { decodeRequest } from "#wires/openai-chat/decode-request.ts";
import { encodeError } from "#wires/openai-chat/encode-error.ts";
import { encodeEvents } from "#wires/openai-chat/encode-events.ts";
import { encodeRequest } from "#wires/openai-chat/encode-request.ts";
import { chatUrl } from "#wires/openai-chat/url.ts";
import type { Wire } from "#wires/wire.ts";

/** OpenAI Chat Completions, and all servers that speak it (platform.openai.com/docs/api-reference/chat). */
export const openaiChat = {
  name: "openai-chat",
  url: chatUrl,
  encodeRequest,
  decodeEvents: () => new ChatDecoder(),
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;
