import { createServer } from "node:http";
import type { TestContext } from "node:test";
import { createAmazonBedrock } from "@ai-sdk/amazon-bedrock";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createCohere } from "@ai-sdk/cohere";
import { createGoogle } from "@ai-sdk/google";
import { createMistral } from "@ai-sdk/mistral";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModelV4 } from "#ai-sdk/v4.ts";
import { readBody } from "#simulator/read-body.ts";
import type { WireName } from "#wires/wire.ts";

/** The AI SDK's provider packages, by the wire that they speak; each asks `base` for the model `m`. */
export const PEERS = {
  "openai-chat": (base, model) =>
    createOpenAICompatible({ name: "peer", baseURL: `${base}/v1`, apiKey: "k", includeUsage: true, supportsStructuredOutputs: true })(
      model,
    ),
  "openai-responses": (base, model) => createOpenAI({ baseURL: `${base}/v1`, apiKey: "k" }).responses(model),
  "anthropic-messages": (base, model) => createAnthropic({ baseURL: `${base}/v1`, apiKey: "k" })(model),
  "google-generate": (base, model) => createGoogle({ baseURL: `${base}/v1beta`, apiKey: "k" })(model),
  "bedrock-converse": (base, model) => createAmazonBedrock({ baseURL: base, apiKey: "k", region: "us-east-1" })(model),
  "cohere-chat": (base, model) => createCohere({ baseURL: `${base}/v2`, apiKey: "k" })(model),
} satisfies Partial<Record<WireName, Peer>>;

/** Mistral's package reads a dialect of openai-chat. */
export const mistral: Peer = (base, model) => createMistral({ baseURL: `${base}/v1`, apiKey: "k" })(model);

export type Peer = (base: string, model: string) => LanguageModelV4;
export type PeerWire = keyof typeof PEERS;
export const PEER_WIRES = Object.keys(PEERS) as readonly PeerWire[];

/** A server that answers every request with the same bytes and keeps the last body it got. */
export type Replay = { readonly url: string; answer: { readonly bytes: Uint8Array; readonly type: string }; body: string };

export async function startReplay(t: TestContext): Promise<Replay> {
  const replay = { url: "", answer: { bytes: new Uint8Array(), type: "" }, body: "" };
  const server = createServer((request, response) => {
    void (async () => {
      replay.body = await readBody(request);
      response.writeHead(200, { "content-type": replay.answer.type }).end(replay.answer.bytes);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  replay.url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return replay;
}
