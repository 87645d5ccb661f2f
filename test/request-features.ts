import fc from "fast-check";
import { toolCallId, modelId, providerId } from "#model/ids.ts";
import type { AssistantBlock, CacheMark, ImageBlock, Message, TextBlock, ToolCallBlock, ToolResultBlock } from "#model/message.ts";
import type { ModelRequest, ReasoningEffort } from "#model/request.ts";
import type { ToolChoice, ToolSpec } from "#model/tool.ts";
import { callCarry, ownCarry } from "#test/own-carries.ts";
import type { WireName } from "#wires/wire.ts";

/** Members of a request; `messages` go before its last question. `unlimited`: it names no output limit. */
export type Piece = Partial<ModelRequest> & { readonly unlimited?: true };

/**
 * One thing that a request may hold. `sample` is absent for a wire that it means nothing to. `meets`: it is a meeting of other
 * features, which may be lost where each of them is not.
 */
export type RequestFeature = {
  readonly what: string;
  readonly sample: (wire: WireName) => fc.Arbitrary<Piece> | undefined;
  readonly meets?: Meeting;
};

/** `of`: where one of these is lost, so is their meeting, and nothing more is to be said. */
type Meeting = { readonly of: readonly string[]; readonly isIn: (request: ModelRequest) => boolean };

/** A "<" could begin a think tag, and an error is told by its first word. */
export const word = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() === text && text !== "" && !text.includes("<") && !/^error/i.test(text));
export const callId = fc.stringMatching(/^call_[a-z0-9]{10}$/).map(toolCallId);
export const args = fc.record({ k: fc.jsonValue({ maxDepth: 2 }) }, { noNullPrototype: true }).map((value) => JSON.stringify(value));

const TOOL: ToolSpec = { name: "look", description: "Looks.", parameters: { type: "object", properties: { k: { type: "string" } } } };
const IMAGE: ImageBlock = { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" };

const text = word.map((said): TextBlock => ({ type: "text", text: said }));
const always = (piece: Piece) => () => fc.constant(piece);
const user = (...content: readonly (TextBlock | ImageBlock)[]): Message => ({ role: "user", content });
const assistant = (...content: readonly AssistantBlock[]): Message => ({ role: "assistant", content });

/** A question, these blocks, and where they hold calls the results of these. */
function exchange(question: TextBlock, blocks: readonly AssistantBlock[], result: Partial<ToolResultBlock> = {}): Piece {
  const calls = blocks.filter((block): block is ToolCallBlock => block.type === "tool-call" && block.providerExecuted !== true);
  const results = calls.map(({ id, name }): ToolResultBlock => {
    const content = [{ type: "text", text: "done" }] as const;
    return { type: "tool-result", callId: id, name, content, isError: false, ...result };
  });
  const tools = blocks.some(({ type }) => type === "tool-call") ? { tools: [TOOL] } : {};
  if (calls.length === 0) return { ...tools, messages: [user(question), assistant(...blocks)] };
  const messages = [user(question), assistant(...blocks), { role: "tool", content: results } as const, assistant(question)];
  return { ...tools, messages };
}

const call = (wire: WireName, id: string, json: string): ToolCallBlock => ({
  type: "tool-call",
  id: toolCallId(id),
  name: TOOL.name,
  json,
  ...callCarry(wire, id),
});

/** An exchange with one call, changed by `change`. */
const calling =
  (change: (made: ToolCallBlock, wire: WireName) => ToolCallBlock, result: Partial<ToolResultBlock> = {}) =>
  (wire: WireName) =>
    fc.tuple(text, callId, args).map(([asked, id, json]) => exchange(asked, [change(call(wire, id, json), wire)], result));

export function withoutCarry(made: ToolCallBlock): ToolCallBlock {
  const { carry: _, ...rest } = made;
  return rest;
}

function withoutTools(piece: Piece): Piece {
  const { tools: _, ...rest } = piece;
  return rest;
}

const same = (made: ToolCallBlock): ToolCallBlock => made;

const saying = (blocks: (said: TextBlock, wire: WireName) => readonly AssistantBlock[] | undefined) => (wire: WireName) =>
  blocks({ type: "text", text: "" }, wire) === undefined
    ? undefined
    : fc.tuple(text, text).map(([asked, said]) => exchange(asked, blocks(said, wire) ?? []));

const asking =
  (...content: readonly ((said: TextBlock) => TextBlock | ImageBlock)[]) =>
  () =>
    fc.array(text, { minLength: content.length, maxLength: content.length }).map((said): Piece => {
      const blocks = content.map((make, at) => make(said[at] ?? { type: "text", text: "x" }));
      return { messages: [user(...blocks), assistant({ type: "text", text: "yes" })] };
    });

const marked =
  (ttl: CacheMark["ttl"]) =>
  (said: TextBlock): TextBlock => ({ ...said, cache: { ttl } });
const plain = (said: TextBlock): TextBlock => said;

const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const CHOICES: readonly (readonly [string, ToolChoice])[] = [
  ["auto", "auto"],
  ["none", "none"],
  ["required", "required"],
  ["one tool", { name: TOOL.name }],
];

const thinks = ({ reasoning }: ModelRequest): boolean => reasoning !== undefined && reasoning !== "none";
const hasTools = ({ tools = [] }: ModelRequest): boolean => tools.length > 0;
const forces = (request: ModelRequest): boolean =>
  hasTools(request) && (request.toolChoice === "required" || typeof request.toolChoice === "object");
const samples = ({ temperature, topP, topK }: ModelRequest): boolean => [temperature, topP, topK].some((value) => value !== undefined);
const hasCalls = ({ messages }: ModelRequest): boolean => messages.some(({ role }) => role === "tool");

const marksOf = ({ system = [], messages }: ModelRequest): readonly CacheMark["ttl"][] =>
  [...system, ...messages.flatMap((message): readonly object[] => message.content)].flatMap((block) =>
    "cache" in block && block.cache !== undefined ? [(block.cache as CacheMark).ttl] : [],
  );
const hasHourBehindMinutes = (marks: readonly CacheMark["ttl"][]): boolean =>
  marks.includes("5m") && marks.indexOf("5m") < marks.lastIndexOf("1h");

const SCHEMA = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };

/** Everything that a request can hold, each alone. */
export const REQUEST_FEATURES: readonly RequestFeature[] = [
  { what: "the system prompt", sample: () => text.map((said) => ({ system: [said] })) },
  { what: "the system prompt in several blocks", sample: () => fc.tuple(text, text).map((system) => ({ system })) },
  { what: "a cache mark of an hour", sample: asking(marked("1h"), plain) },
  { what: "a cache mark of five minutes", sample: asking(marked("5m"), plain) },
  { what: "a cache mark on the system prompt", sample: () => text.map((said) => ({ system: [marked("1h")(said)] })) },
  { what: "a cache mark on a tool's result", sample: calling(same, { cache: { ttl: "1h" } }) },
  {
    what: "a cache mark of an hour behind one of five minutes",
    sample: asking(marked("5m"), marked("1h")),
    meets: { of: ["a cache mark of an hour", "a cache mark of five minutes"], isIn: (request) => hasHourBehindMinutes(marksOf(request)) },
  },
  {
    what: "more than four cache marks",
    sample: asking(...Array.from({ length: 5 }, () => marked("1h"))),
    meets: { of: ["a cache mark of an hour"], isIn: (request) => marksOf(request).length > 4 },
  },
  { what: "an image behind a user's text", sample: asking(plain, () => IMAGE) },
  { what: "an image before a user's text", sample: asking(() => IMAGE, plain) },
  { what: "a user's text in several blocks", sample: asking(plain, plain) },
  {
    what: "two messages of the user in a row",
    sample: () => fc.tuple(text, text).map(([a, b]) => ({ messages: [user(a), user(b), assistant(a)] })),
  },
  { what: "text of white space alone", sample: asking(() => ({ type: "text", text: " " })) },
  { what: "an answer's text", sample: saying((said) => [said]) },
  { what: "an answer's text in several blocks", sample: saying((said) => [said, { type: "text", text: "more" }]) },
  { what: "what an answer's text carries", sample: saying((said, wire) => carried(said, ownCarry(wire, "text"))) },
  { what: "reasoning without a carry", sample: saying((said) => [{ type: "reasoning", text: said.text }, said]) },
  {
    what: "reasoning of this wire",
    sample: saying((said, wire) => {
      const carry = ownCarry(wire, "reasoning", { text: said.text });
      return carry === undefined ? undefined : [{ type: "reasoning", text: said.text, carry }, said];
    }),
  },
  {
    what: "reasoning without words",
    sample: saying((said, wire) => {
      const carry = ownCarry(wire, "sealed");
      return carry === undefined ? undefined : [{ type: "reasoning", text: "", carry }, said];
    }),
  },
  {
    what: "reasoning of another wire",
    sample: saying((said) => [{ type: "reasoning", text: said.text, carry: { wire: "another", data: { signature: "s" } } }, said]),
  },
  {
    what: "an opaque block of this wire",
    sample: saying((said, wire) => {
      const carry = ownCarry(wire, "opaque");
      return carry === undefined ? undefined : [{ type: "opaque", carry }, said];
    }),
  },
  {
    what: "who wrote an answer",
    sample: () =>
      text.map((said) => {
        const from = { provider: providerId("p"), model: modelId("other") };
        return { messages: [user(said), { ...assistant(said), from } as Message] };
      }),
  },
  { what: "a tool call and its result", sample: calling(same) },
  { what: "that a called tool is not named", sample: (wire) => calling(same)(wire).map(withoutTools) },
  {
    what: "two tool calls at once",
    sample: (wire) =>
      fc.tuple(text, callId, callId).map(([asked, a, b]) => exchange(asked, [call(wire, a, '{"k":1}'), call(wire, b, '{"k":2}')])),
  },
  {
    what: "a text before a tool call",
    sample: (wire) => fc.tuple(text, callId).map(([asked, id]) => exchange(asked, [asked, call(wire, id, '{"k":1}')])),
  },
  {
    what: "a text behind a tool call",
    sample: (wire) => fc.tuple(text, callId).map(([asked, id]) => exchange(asked, [call(wire, id, '{"k":1}'), asked])),
  },
  { what: "what a tool call carries", sample: (wire) => callingCarried(wire) },
  { what: "a call id that the wire did not give", sample: calling(withoutCarry) },
  { what: "a call id with other characters", sample: calling((made, wire) => renamed(made, wire), { callId: toolCallId("a:b/ü") }) },
  { what: "a call without arguments", sample: calling((made) => ({ ...made, json: "" })) },
  { what: "arguments that are an empty object", sample: calling((made) => ({ ...made, json: "{}" })) },
  { what: "arguments that are no JSON object", sample: calling((made) => ({ ...made, json: '{"k":' })) },
  { what: "white space between arguments", sample: calling((made) => ({ ...made, json: '{ "k" : 1 }' })) },
  {
    what: "a call that the provider ran",
    sample: (wire) =>
      fc.tuple(text, callId).map(([asked, id]) => {
        const carry = ownCarry(wire, "executed");
        const made = { ...call(wire, id, '{"k":1}'), providerExecuted: true as const, ...(carry === undefined ? {} : { carry }) };
        return exchange(asked, [made, asked]);
      }),
  },
  { what: "that a tool's result is an error", sample: calling(same, { isError: true }) },
  { what: "an image in a tool's result", sample: calling(same, { content: [{ type: "text", text: "done" }, IMAGE] }) },
  {
    what: "a tool's result in several blocks",
    sample: calling(same, { content: ["one", "two"].map((said) => ({ type: "text", text: said })) }),
  },
  { what: "a tool's result without content", sample: calling(same, { content: [] }) },
  { what: "a tool", sample: () => fc.tuple(word, word).map(([name, description]) => ({ tools: [{ ...TOOL, name, description }] })) },
  { what: "a tool without a description", sample: always({ tools: [{ ...TOOL, description: "" }] }) },
  { what: "a tool without parameters", sample: always({ tools: [{ ...TOOL, parameters: { type: "object", properties: {} } }] }) },
  {
    what: "schema keywords beyond OpenAPI's",
    sample: always({
      tools: [{ ...TOOL, parameters: { ...SCHEMA, additionalProperties: false, patternProperties: { "^x": { type: "string" } } } }],
    }),
  },
  { what: "a freeform tool", sample: () => word.map((definition) => ({ tools: [freeform(definition)] })) },
  {
    what: "a call of a freeform tool",
    sample: (wire) =>
      fc.tuple(text, callId, word).map(([asked, id, input]) => {
        const custom = wire === "openai-responses" ? { carry: { wire, data: { custom: true } } } : {};
        const made = { ...call(wire, id, JSON.stringify({ input })), name: "patch", ...custom };
        return { ...exchange(asked, [made]), tools: [freeform(".*")] };
      }),
    meets: { of: ["a freeform tool"], isIn: ({ tools = [] }) => tools.some((tool) => tool.freeform !== undefined) },
  },
  ...CHOICES.map(([name, toolChoice]) => ({ what: `the tool choice: ${name}`, sample: always({ tools: [TOOL], toolChoice }) })),
  {
    what: "the tool choice: none, in a loop of calls",
    sample: (wire: WireName) => calling(same)(wire).map((piece) => ({ ...piece, toolChoice: "none" as const })),
    meets: {
      of: ["the tool choice: none", "a tool call and its result"],
      isIn: (request) => hasCalls(request) && request.toolChoice === "none",
    },
  },
  {
    what: "the tool choice: one tool of several",
    sample: always({ tools: [TOOL, { ...TOOL, name: "other" }], toolChoice: { name: "other" } }),
    meets: {
      of: ["the tool choice: one tool"],
      isIn: (request) => typeof request.toolChoice === "object" && (request.tools ?? []).length > 1,
    },
  },
  { what: "that tools may be called in parallel", sample: always({ tools: [TOOL], parallelToolCalls: true }) },
  { what: "that tools may not be called in parallel", sample: always({ tools: [TOOL], parallelToolCalls: false }) },
  {
    what: "that tools may not be called in parallel, where none may be called",
    sample: always({ tools: [TOOL], toolChoice: "none", parallelToolCalls: false }),
    meets: {
      of: ["the tool choice: none", "that tools may not be called in parallel"],
      isIn: ({ toolChoice, parallelToolCalls }) => toolChoice === "none" && parallelToolCalls !== undefined,
    },
  },
  { what: "the output limit", sample: () => fc.integer({ min: 60_000, max: 64_000 }).map((maxOutputTokens) => ({ maxOutputTokens })) },
  { what: "that no output limit is named", sample: always({ unlimited: true }) },
  { what: "the temperature", sample: () => fc.constantFrom(0, 0.5, 1).map((temperature) => ({ temperature })) },
  { what: "a temperature above 1", sample: always({ temperature: 1.5 }) },
  { what: "top-p", sample: () => fc.constantFrom(0.1, 0.9).map((topP) => ({ topP })) },
  { what: "top-k", sample: () => fc.integer({ min: 1, max: 400 }).map((topK) => ({ topK })) },
  {
    what: "temperature and top-p together",
    sample: always({ temperature: 0.5, topP: 0.5 }),
    meets: { of: ["the temperature", "top-p"], isIn: ({ temperature, topP }) => temperature !== undefined && topP !== undefined },
  },
  {
    what: "sampling while the model thinks",
    sample: always({ temperature: 0.5, reasoning: "high" }),
    meets: { of: ["the temperature", "the effort: high"], isIn: (request) => thinks(request) && samples(request) },
  },
  {
    what: "a forced call while the model thinks",
    sample: always({ tools: [TOOL], toolChoice: "required", reasoning: "high" }),
    meets: { of: ["the tool choice: required", "the effort: high"], isIn: (request) => thinks(request) && forces(request) },
  },
  { what: "stop sequences", sample: () => fc.array(word, { minLength: 1, maxLength: 4 }).map((stop) => ({ stop })) },
  {
    what: "a stop sequence of white space alone",
    sample: always({ stop: ["\n\n"] }),
    meets: { of: ["stop sequences"], isIn: ({ stop = [] }) => stop.some((text) => text.trim() === "") },
  },
  { what: "the seed", sample: () => fc.nat().map((seed) => ({ seed })) },
  ...EFFORTS.map((reasoning) => ({ what: `the effort: ${reasoning}`, sample: always({ reasoning }) })),
  { what: "that the answer is JSON", sample: always({ responseFormat: { type: "json" } }) },
  { what: "the answer's JSON Schema", sample: always({ responseFormat: { type: "json-schema", name: "response", schema: SCHEMA } }) },
  {
    what: "the name of the answer's JSON Schema",
    sample: () => word.map((name) => ({ responseFormat: { type: "json-schema" as const, name: `n${name}`, schema: SCHEMA } })),
  },
  {
    what: "that the answer's JSON Schema is strict",
    sample: always({ responseFormat: { type: "json-schema", name: "response", schema: SCHEMA, strict: true } }),
  },
  {
    what: "the answer's form beside tools",
    sample: always({ tools: [TOOL], responseFormat: { type: "json-schema", name: "response", schema: SCHEMA } }),
    meets: { of: ["the answer's JSON Schema", "a tool"], isIn: (request) => hasTools(request) && request.responseFormat !== undefined },
  },
  { what: "the conversation", sample: () => fc.stringMatching(/^[a-z0-9]{8}$/).map((conversation) => ({ conversation })) },
];

const carried = (said: TextBlock, carry: TextBlock["carry"]): readonly TextBlock[] | undefined =>
  carry === undefined ? undefined : [{ ...said, carry }];

function callingCarried(wire: WireName): fc.Arbitrary<Piece> | undefined {
  const carry = ownCarry(wire, "call");
  if (carry === undefined) return undefined;
  return calling((made) => ({ ...made, carry: { wire, data: { ...made.carry?.data, ...carry.data } } }))(wire);
}

const renamed = (made: ToolCallBlock, wire: WireName): ToolCallBlock => ({ ...made, id: toolCallId("a:b/ü"), ...callCarry(wire, "a:b/ü") });

const freeform = (definition: string): ToolSpec => ({
  name: "patch",
  description: "Patches.",
  parameters: { type: "object", properties: { input: { type: "string" } }, required: ["input"], additionalProperties: false },
  freeform: { grammar: { syntax: "regex", definition } },
});
