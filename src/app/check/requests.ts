import { toolCallId } from "#model/ids.ts";
import { userText, type AssistantMessage, type Message, type ToolCallBlock } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import type { ToolSpec } from "#model/tool.ts";
import { squarePng } from "#app/check/png.ts";

export type RequestName = keyof ReturnType<typeof checkRequests>;

/** Every request of the check. Those without an output limit get the check's own. */
export function checkRequests() {
  const offered = [userText("What time is it in Paris now? Use the tool.")];
  const call: ToolCallBlock = { type: "tool-call", id: toolCallId("call_1"), name: GET_TIME.name, json: '{"city":"Paris"}' };
  const rules = { system: [{ type: "text", text: longText(), cache: { ttl: "5m" } }], conversation: "factory-check" } as const;
  return {
    answer: { messages: [userText("Reply with the single word pong.")] },
    count: { messages: [userText("Count from 1 to 30 in English words, separated by commas.")] },
    call: { messages: offered, tools: [GET_TIME] },
    calls: {
      messages: [userText("What time is it in Paris and in Rome now? Call the tool for both cities at once.")],
      tools: [GET_TIME],
      parallelToolCalls: true,
    },
    /** As it looks when the model has made the call; the real one takes its place. */
    result: withResult({ role: "assistant", content: [call] }, [call]),
    forced: { messages: [userText("Say hello to me.")], tools: [GET_TIME], toolChoice: { name: GET_TIME.name } },
    schema: {
      messages: [userText("Tell me about the capital of France.")],
      responseFormat: { type: "json-schema", name: "capital", schema: CAPITAL, strict: true },
    },
    image: {
      messages: [{ role: "user", content: [redSquare(), { type: "text", text: "What colour is this picture? Answer in one word." }] }],
    },
    reasoning: {
      messages: [userText("A bat and a ball cost 1.10 together, the bat 1.00 more than the ball. What does the ball cost?")],
      reasoning: "low",
    },
    firstCached: { ...rules, messages: [userText("Reply with the single word ready.")] },
    secondCached: { ...rules, messages: [userText("Reply with the single word ready.")] },
    unknownModel: { messages: [userText("Reply with the single word pong.")], maxOutputTokens: 16 },
    badRequest: { messages: [userText("Reply with the single word pong.")], maxOutputTokens: 16, temperature: 99, topP: 99 },
    cancelled: { messages: [userText("Count from 1 to 400 in English words.")] },
  } satisfies Readonly<Record<string, ModelRequest>>;
}

/** The model id that no provider has. */
export const UNKNOWN_MODEL = "factory-check-no-such-model";

export const GET_TIME = {
  name: "get_time",
  description: "Tells the time of day in one city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
} as const satisfies ToolSpec;

/** What the tool answers. */
const TIME = "14:37";
/** The time as a model may repeat it. */
export const TIME_TOLD = /\b(14[:.h ]?37|0?2[:.]37)/;

export const CAPITAL = {
  type: "object",
  properties: { city: { type: "string" }, river: { type: "string" } },
  required: ["city", "river"],
  additionalProperties: false,
} as const;

/** The conversation after the tool has answered each of the calls. */
export function withResult(asked: AssistantMessage, calls: readonly ToolCallBlock[]): ModelRequest {
  const results: Message = {
    role: "tool",
    content: calls.map(({ id, name }) => ({
      type: "tool-result",
      callId: id,
      name,
      content: [{ type: "text", text: `It is ${TIME}.` }],
      isError: false,
    })),
  };
  return { messages: [userText("What time is it in Paris now? Use the tool."), asked, results], tools: [GET_TIME] };
}

const redSquare = () => ({ type: "image", mediaType: "image/png", data: squarePng(16, [220, 0, 0]).toString("base64") }) as const;

/** About 2,800 tokens: most caches keep nothing below 1,024 or 2,048. */
const longText = (): string =>
  Array.from({ length: 110 }, (_, at) => {
    const [gate, hour] = [(at * 7) % 40, 6 + (at % 12)];
    return `Rule ${at + 1}: parcels for district ${at + 11} leave from gate ${gate} before ${hour} o'clock, weighed, labelled and sealed by two people.`;
  }).join("\n");
