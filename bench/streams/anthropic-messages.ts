import { BENCH_MODEL, type WireStreams } from "#bench/streams/wire-streams.ts";

export const anthropicMessages: WireStreams = {
  contentType: "text/event-stream",
  framing: 6,
  text: (words) =>
    answer(
      { type: "text", text: "" },
      words.map((text) => ({ type: "text_delta", text })),
      "end_turn",
    ),
  tool: (pieces) =>
    answer(
      { type: "tool_use", id: "toolu_01", name: "write", input: {} },
      pieces.map((json) => ({ type: "input_json_delta", partial_json: json })),
      "tool_use",
    ),
};

const answer = (block: object, deltas: readonly object[], reason: string): readonly string[] => [
  event("message_start", { message: { ...MESSAGE, usage: { input_tokens: 300, output_tokens: 1 } } }),
  event("content_block_start", { index: 0, content_block: block }),
  event("ping", {}),
  ...deltas.map((delta) => event("content_block_delta", { index: 0, delta })),
  event("content_block_stop", { index: 0 }),
  event("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 200 } }),
  event("message_stop", {}),
];

const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;

const MESSAGE = {
  id: "msg_bench",
  type: "message",
  role: "assistant",
  model: BENCH_MODEL,
  content: [],
  stop_reason: null,
  stop_sequence: null,
};
