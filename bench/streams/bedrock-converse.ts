import { EventStreamCodec } from "@smithy/eventstream-codec";
import type { WireStreams } from "#bench/streams/wire-streams.ts";

/** Each event is a binary frame. */
export const bedrockConverse: WireStreams = {
  contentType: "application/vnd.amazon.eventstream",
  framing: 4,
  text: (words) =>
    frames([
      ...words.map((text): Told => ["contentBlockDelta", { contentBlockIndex: 0, delta: { text } }]),
      ["contentBlockStop", { contentBlockIndex: 0 }],
      ["messageStop", { stopReason: "end_turn" }],
    ]),
  tool: (pieces) =>
    frames([
      ["contentBlockStart", { contentBlockIndex: 0, start: { toolUse: { toolUseId: "tooluse_bench0000000000", name: "write" } } }],
      ...pieces.map((input): Told => ["contentBlockDelta", { contentBlockIndex: 0, delta: { toolUse: { input } } }]),
      ["contentBlockStop", { contentBlockIndex: 0 }],
      ["messageStop", { stopReason: "tool_use" }],
    ]),
};

type Told = readonly [type: string, payload: object];

function frames(told: readonly Told[]): readonly Uint8Array[] {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString("utf8"),
    (text) => Buffer.from(text),
  );
  const text = (value: string) => ({ type: "string" as const, value });
  const all: readonly Told[] = [["messageStart", { role: "assistant" }], ...told, ["metadata", METADATA]];
  return all.map(([type, payload]) =>
    codec.encode({
      headers: { ":event-type": text(type), ":content-type": text("application/json"), ":message-type": text("event") },
      // The service pads every event, so that its length tells nothing.
      body: Buffer.from(JSON.stringify({ ...payload, p: "abcdefghijklmn" })),
    }),
  );
}

const METADATA = { metrics: { latencyMs: 812 }, usage: { inputTokens: 300, outputTokens: 200, totalTokens: 500 } };
