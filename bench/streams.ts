import type { WireName } from "#wires/wire.ts";

/** A prepared answer. */
export type PreparedStream = {
  readonly wire: WireName;
  readonly body: Buffer;
  /** Where each event begins. */
  readonly starts: readonly number[];
  /** Length of all the text, or of the call's arguments, in UTF-16 units: what every client must arrive at. */
  readonly characters: number;
};

/** Builds a stream by name; the same bytes each time. */
export function prepareStream(name: StreamName): PreparedStream {
  const { wire, events, pieces } = STREAMS[name]();
  const starts: number[] = [];
  let length = 0;
  for (const event of events) {
    starts.push(length);
    length += Buffer.byteLength(event);
  }
  return { wire, starts, body: Buffer.from(events.join("")), characters: pieces.join("").length };
}

type Parts = { readonly wire: WireName; readonly events: readonly string[]; readonly pieces: readonly string[] };

const STREAMS = {
  "chat-text": () => chatText(TEXT_DELTAS),
  "chat-tool": () => chatTool(toolPieces()),
  "messages-text": () => messages({ type: "text", text: "" }, { pieces: textPieces(198), delta: (text) => ({ type: "text_delta", text }) }),
  "messages-tool": () =>
    messages(
      { type: "tool_use", id: "toolu_01", name: "write", input: {} },
      { pieces: toolPieces(), delta: (json) => ({ type: "input_json_delta", partial_json: json }) },
    ),
  "ollama-text": () => ollamaText(203),
} satisfies Record<string, () => Parts>;

export type StreamName = keyof typeof STREAMS;

// The keys of a constant are the names of its type.
export const STREAM_NAMES = Object.keys(STREAMS) as readonly StreamName[];

export const isStreamName = (name: string): name is StreamName => Object.hasOwn(STREAMS, name);

/** With the events around them, 204 in all. */
const TEXT_DELTAS = 200;
const WORDS = [
  "The",
  " loop",
  " starts",
  " at",
  " one,",
  " so",
  " the",
  " first",
  " item",
  " is",
  " never",
  " counted",
  ".",
  " Grüße",
  " 世界",
  "\n",
];

const textPieces = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => WORDS[at % WORDS.length] ?? "");

/** 100 KB of arguments in 4,085 pieces: a whole file being written. */
function toolPieces(): readonly string[] {
  const line = "  const total = items.reduce((sum, item) => sum + item.price * item.quantity, 0);\n";
  const shell = JSON.stringify({ path: "src/cart.ts", content: "" });
  const text = JSON.stringify({ path: "src/cart.ts", content: line.repeat(2000) }).slice(0, 102_400 - 2);
  const whole = `${text.endsWith("\\") ? `${text.slice(0, -1)} ` : text}${shell.slice(-2)}`;
  const length = Math.ceil(whole.length / 4085);
  return Array.from({ length: Math.ceil(whole.length / length) }, (_, at) => whole.slice(at * length, (at + 1) * length));
}

const CHUNK = {
  id: "chatcmpl-bench00000000000000000",
  object: "chat.completion.chunk",
  created: 1_790_000_000,
  model: "bench-2026-01-01",
  service_tier: "default",
  system_fingerprint: "fp_0123456789",
};

const chatEvent = (delta: object, reason: string | null = null): string =>
  `data: ${JSON.stringify({ ...CHUNK, choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }], usage: null })}\n\n`;

const chatEnd = (reason: string): readonly string[] => [
  chatEvent({}, reason),
  `data: ${JSON.stringify({ ...CHUNK, choices: [], usage: { prompt_tokens: 300, completion_tokens: 200, total_tokens: 500 } })}\n\n`,
  "data: [DONE]\n\n",
];

function chatText(count: number): Parts {
  const pieces = textPieces(count);
  const deltas = pieces.map((content) => chatEvent({ content }));
  return {
    wire: "openai-chat",
    pieces,
    events: [chatEvent({ role: "assistant", content: "", refusal: null }), ...deltas, ...chatEnd("stop")],
  };
}

function chatTool(pieces: readonly string[]): Parts {
  const opening = { index: 0, id: "call_bench00000000000000", type: "function", function: { name: "write", arguments: "" } };
  const deltas = pieces.map((json) => chatEvent({ tool_calls: [{ index: 0, function: { arguments: json } }] }));
  const first = chatEvent({ role: "assistant", content: null, tool_calls: [opening], refusal: null });
  return { wire: "openai-chat", pieces, events: [first, ...deltas, ...chatEnd("tool_calls")] };
}

type Deltas = { readonly pieces: readonly string[]; readonly delta: (piece: string) => object };

type Block = { readonly type: "text" | "tool_use" } & Readonly<Record<string, unknown>>;

function messages(block: Block, { pieces, delta }: Deltas): Parts {
  const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
  const message = {
    id: "msg_bench",
    type: "message",
    role: "assistant",
    model: CHUNK.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
  const stop = { stop_reason: block.type === "text" ? "end_turn" : "tool_use", stop_sequence: null };
  const events = [
    event("message_start", { message: { ...message, usage: { input_tokens: 300, output_tokens: 1 } } }),
    event("content_block_start", { index: 0, content_block: block }),
    event("ping", {}),
    ...pieces.map((piece) => event("content_block_delta", { index: 0, delta: delta(piece) })),
    event("content_block_stop", { index: 0 }),
    event("message_delta", { delta: stop, usage: { output_tokens: 200 } }),
    event("message_stop", {}),
  ];
  return { wire: "anthropic-messages", pieces, events };
}

function ollamaText(count: number): Parts {
  const pieces = textPieces(count);
  const line = (content: string, rest: object): string =>
    `${JSON.stringify({ model: CHUNK.model, created_at: "2026-01-01T00:00:00.123456789Z", message: { role: "assistant", content }, ...rest })}\n`;
  const counts = { total_duration: 1_873_450_912, load_duration: 41_230_981, prompt_eval_count: 300, eval_count: 200 };
  const last = line("", { done: true, done_reason: "stop", ...counts });
  return { wire: "ollama-chat", pieces, events: [...pieces.map((piece) => line(piece, { done: false })), last] };
}
