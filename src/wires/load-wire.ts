import type { Wire, WireName } from "#wires/wire.ts";

/** Loads a wire when it is first needed. */
export async function loadWire(name: WireName): Promise<Wire> {
  switch (name) {
    case "openai-chat":
      return (await import("#wires/openai-chat/wire.ts")).openaiChat;
    case "openai-responses":
      return (await import("#wires/openai-responses/wire.ts")).openaiResponses;
    case "google-generate":
      return (await import("#wires/google-generate/wire.ts")).googleGenerate;
    case "bedrock-converse":
      return (await import("#wires/bedrock-converse/wire.ts")).bedrockConverse;
    case "cohere-chat":
      return (await import("#wires/cohere-chat/wire.ts")).cohereChat;
    case "anthropic-messages":
      return (await import("#wires/anthropic-messages/wire.ts")).anthropicMessages;
    case "ollama-chat":
      return (await import("#wires/ollama-chat/wire.ts")).ollamaChat;
  }
}
