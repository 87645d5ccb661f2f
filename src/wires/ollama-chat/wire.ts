import { decodeEvents } from "#wires/ollama-chat/decode-events.ts";
import { decodeRequest } from "#wires/ollama-chat/decode-request.ts";
import { encodeError, encodeEvents } from "#wires/ollama-chat/encode-events.ts";
import { encodeRequest } from "#wires/ollama-chat/encode-request.ts";
import type { Wire } from "#wires/wire.ts";

/** Ollama's native chat, `POST /api/chat`: JSON lines, tool calls whole and with their arguments as objects. */
export const ollamaChat = {
  name: "ollama-chat",
  url: (baseUrl) => chatUrl(baseUrl),
  encodeRequest,
  decodeEvents,
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;

/** People paste the address of the OpenAI surface: the native one lies beside its `/v1`. */
function chatUrl(baseUrl: string): string {
  let base = baseUrl.trim();
  while (base.endsWith("/")) base = base.slice(0, -1);
  return `${base.replace(/\/(?:v1(?:\/chat\/completions)?|api(?:\/(?:chat|generate))?)$/, "")}/api/chat`;
}
