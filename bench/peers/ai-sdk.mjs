import { createOpenAI } from "@ai-sdk/openai";

const TOOL = { type: "function", name: "write", description: "Writes a file.", inputSchema: { type: "object" } };

/** Asks through the AI SDK's provider, without the layer of `streamText` above it. */
export function open(base) {
  const model = createOpenAI({ baseURL: `${base}/v1`, apiKey: "none" }).chat("bench");
  return async () => {
    let characters = 0;
    const { stream } = await model.doStream({ prompt: [{ role: "user", content: [{ type: "text", text: "Write." }] }], tools: [TOOL] });
    for await (const part of stream) {
      if (part.type === "text-delta" || part.type === "tool-input-delta") characters += part.delta.length;
      if (part.type === "error") throw part.error;
    }
    return characters;
  };
}
