import { BENCH_MODEL, type WireStreams } from "#bench/streams/wire-streams.ts";

/** The server ends its lines with CRLF, repeats its counts in every event and sends a call whole. */
export const googleGenerate: WireStreams = {
  contentType: "text/event-stream",
  framing: 0,
  text: (words) => words.map((text, at) => event({ text }, at === words.length - 1 ? { finishReason: "STOP" } : {})),
  tool: (pieces) => [
    event({ functionCall: { name: "write", args: JSON.parse(pieces.join("")) } }),
    event({ text: "" }, { finishReason: "STOP" }),
  ],
};

const event = (part: object, reason: object = {}): string =>
  `data: ${JSON.stringify({ candidates: [{ content: { parts: [part], role: "model" }, ...reason, index: 0 }], ...REST })}\r\n\r\n`;

const REST = {
  usageMetadata: {
    promptTokenCount: 300,
    candidatesTokenCount: 200,
    totalTokenCount: 500,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 300 }],
  },
  modelVersion: BENCH_MODEL,
  responseId: "bench-0123456789abcdef",
};
