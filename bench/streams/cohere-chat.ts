import type { WireStreams } from "#bench/streams/wire-streams.ts";

export const cohereChat: WireStreams = {
  contentType: "text/event-stream",
  framing: 4,
  text: (words) => [
    opening(),
    part("content-start", { content: { type: "text", text: "" } }),
    ...words.map((text) => part("content-delta", { content: { text } })),
    event({ type: "content-end", index: 0 }),
    ending("COMPLETE"),
  ],
  tool: (pieces) => [
    opening(),
    part("tool-call-start", { tool_calls: { id: "write_bench0000000", type: "function", function: { name: "write", arguments: "" } } }),
    ...pieces.map((json) => part("tool-call-delta", { tool_calls: { function: { arguments: json } } })),
    event({ type: "tool-call-end", index: 0 }),
    ending("TOOL_CALL"),
  ],
};

type Told = { readonly type: string } & Readonly<Record<string, unknown>>;

const event = (told: Told): string => `event: ${told.type}\ndata: ${JSON.stringify(told)}\n\n`;

const part = (type: string, message: object): string => event({ type, index: 0, delta: { message } });

const opening = (): string =>
  event({
    id: "0b0e0000-0000-4000-8000-000000000000",
    type: "message-start",
    delta: { message: { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] } },
  });

const ending = (reason: string): string => event({ type: "message-end", delta: { finish_reason: reason, usage: USAGE } });

const USAGE = {
  billed_units: { input_tokens: 300, output_tokens: 200 },
  tokens: { input_tokens: 800, output_tokens: 203 },
  cached_tokens: 0,
};
