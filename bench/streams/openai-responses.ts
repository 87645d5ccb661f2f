import { BENCH_MODEL, CREATED, type WireStreams } from "#bench/streams/wire-streams.ts";

/** Every end repeats what was said: a call's arguments come once in pieces and three times whole. */
export const openaiResponses: WireStreams = {
  contentType: "text/event-stream",
  framing: 8,
  text: (words) => {
    const item = { id: "msg_bench0000000000000000000000", type: "message", role: "assistant" };
    const place = { item_id: item.id, output_index: 0, content_index: 0 };
    const text = words.join("");
    const part = { type: "output_text", annotations: [], logprobs: [], text };
    return answer({ ...item, status: "in_progress", content: [] }, { ...item, status: "completed", content: [part] }, [
      { type: "response.content_part.added", ...place, part: { ...part, text: "" } },
      ...words.map((delta) => ({ type: "response.output_text.delta", ...place, delta, logprobs: [], obfuscation: "x0Yz1Ab2" })),
      { type: "response.output_text.done", ...place, text, logprobs: [] },
      { type: "response.content_part.done", ...place, part },
    ]);
  },
  tool: (pieces) => {
    const item = { id: "fc_bench00000000000000000000000", type: "function_call", call_id: "call_bench00000000000000", name: "write" };
    const place = { item_id: item.id, output_index: 0 };
    const whole = pieces.join("");
    return answer({ ...item, status: "in_progress", arguments: "" }, { ...item, status: "completed", arguments: whole }, [
      ...pieces.map((delta) => ({ type: "response.function_call_arguments.delta", ...place, delta, obfuscation: "x0Yz1Ab2" })),
      { type: "response.function_call_arguments.done", ...place, arguments: whole },
    ]);
  },
};

type Told = { readonly type: string } & Readonly<Record<string, unknown>>;

/** An answer of one item, from its begun and its done form and what is told between. */
function answer(begun: object, done: object, between: readonly Told[]): readonly string[] {
  const running = { ...RESPONSE, status: "in_progress", output: [], usage: null };
  const told: readonly Told[] = [
    { type: "response.created", response: running },
    { type: "response.in_progress", response: running },
    { type: "response.output_item.added", output_index: 0, item: begun },
    ...between,
    { type: "response.output_item.done", output_index: 0, item: done },
    { type: "response.completed", response: { ...RESPONSE, status: "completed", output: [done], usage: USAGE } },
  ];
  return told.map(({ type, ...rest }, at) => `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: at, ...rest })}\n\n`);
}

const RESPONSE = {
  id: "resp_bench000000000000000000000",
  object: "response",
  created_at: CREATED,
  model: BENCH_MODEL,
  error: null,
  incomplete_details: null,
  parallel_tool_calls: true,
  service_tier: "default",
};

const USAGE = {
  input_tokens: 300,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 200,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 500,
};
