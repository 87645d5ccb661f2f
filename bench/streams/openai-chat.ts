import { BENCH_MODEL, CREATED, type WireStreams } from "#bench/streams/wire-streams.ts";

export const openaiChat: WireStreams = {
  contentType: "text/event-stream",
  framing: 4,
  text: (words) => [
    event({ role: "assistant", content: "", refusal: null }),
    ...words.map((content) => event({ content })),
    ...ending("stop"),
  ],
  tool: (pieces) => [
    event({ role: "assistant", content: null, tool_calls: [CALL], refusal: null }),
    ...pieces.map((json) => event({ tool_calls: [{ index: 0, function: { arguments: json } }] })),
    ...ending("tool_calls"),
  ],
};

const CALL = { index: 0, id: "call_bench00000000000000", type: "function", function: { name: "write", arguments: "" } };

const CHUNK = {
  id: "chatcmpl-bench00000000000000000",
  object: "chat.completion.chunk",
  created: CREATED,
  model: BENCH_MODEL,
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
};

const event = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }], usage: null })}\n\n`;

const ending = (reason: string): readonly string[] => [
  event({}, reason),
  `data: ${JSON.stringify({ ...CHUNK, choices: [], usage: { prompt_tokens: 300, completion_tokens: 200, total_tokens: 500 } })}\n\n`,
  "data: [DONE]\n\n",
];
