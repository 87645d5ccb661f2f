import { BENCH_MODEL, type WireStreams } from "#bench/streams/wire-streams.ts";

/** JSON lines; a call comes whole. */
export const ollamaChat: WireStreams = {
  contentType: "application/x-ndjson",
  framing: 1,
  text: (words) => [...words.map((content) => line({ content })), ending()],
  tool: (pieces) => [
    line({ content: "", tool_calls: [{ function: { index: 0, name: "write", arguments: JSON.parse(pieces.join("")) } }] }),
    ending(),
  ],
};

const line = (said: object, rest: object = { done: false }): string =>
  `${JSON.stringify({ model: BENCH_MODEL, created_at: "2026-01-01T00:00:00.123456789Z", message: { role: "assistant", ...said }, ...rest })}\n`;

const ending = (): string => line({ content: "" }, { done: true, done_reason: "stop", ...COUNTS });

const COUNTS = {
  total_duration: 1_873_450_912,
  load_duration: 41_230_981,
  prompt_eval_count: 300,
  prompt_eval_duration: 220_000_000,
  eval_count: 200,
  eval_duration: 1_500_000_000,
};
