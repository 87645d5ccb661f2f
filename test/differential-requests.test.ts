import assert from "node:assert/strict";
import { test } from "node:test";
import { isObject, parseJson } from "#base/json.ts";
import { modelId, providerId, toolCallId } from "#model/ids.ts";
import { userText } from "#model/message.ts";
import type { ModelRequest } from "#model/request.ts";
import { aiSdkModel } from "#ai-sdk/from-ai-sdk.ts";
import { PEERS, PEER_WIRES, startReplay, type PeerWire, type Replay } from "#test/ai-sdk-peers.ts";
import { REQUEST_DIFFERENCES, type CaseName, type RequestDifference } from "#test/request-differences.ts";
import { UNKNOWN_FACTS } from "#model/model.ts";
import { loadWire } from "#wires/load-wire.ts";

/** The same question written by us and by the AI SDK's packages, field by field; test/request-differences.ts says where not, and why. */

/** Models that the packages know: they ask unknown ones with care. */
const MODELS: Readonly<Record<PeerWire, string>> = {
  "openai-chat": "some-model",
  "openai-responses": "gpt-5",
  "anthropic-messages": "claude-sonnet-4-5",
  "google-generate": "gemini-2.5-flash",
  "bedrock-converse": "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "cohere-chat": "command-a-03-2025",
};

const READ = {
  name: "read",
  description: "Reads a file.",
  parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"], additionalProperties: false },
} as const;

const call = (id: string, path: string) =>
  ({ type: "tool-call", id: toolCallId(id), name: "read", json: JSON.stringify({ path }) }) as const;

const result = (id: string, text: string, isError = false) =>
  ({ type: "tool-result", callId: toolCallId(id), name: "read", content: [{ type: "text", text }], isError }) as const;

const BASE: ModelRequest = { messages: [userText("Hi")], maxOutputTokens: 1000 };

const CASES: Readonly<Record<CaseName, ModelRequest>> = {
  text: { ...BASE, system: [{ type: "text", text: "Be brief." }], temperature: 0.5, stop: ["END"] },
  conversation: {
    ...BASE,
    messages: [userText("Hi"), { role: "assistant", content: [{ type: "text", text: "Hello." }] }, userText("Again")],
  },
  image: {
    ...BASE,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "What is it?" },
          { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" },
        ],
      },
    ],
  },
  tools: { ...BASE, tools: [READ], toolChoice: "required" },
  "one-tool": { ...BASE, tools: [READ], toolChoice: { name: "read" } },
  results: {
    ...BASE,
    tools: [READ],
    messages: [
      userText("Read both."),
      { role: "assistant", content: [{ type: "text", text: "I read." }, call("c1", "a"), call("c2", "b")] },
      { role: "tool", content: [result("c1", "A"), result("c2", "no such file", true)] },
    ],
  },
  reasoning: { ...BASE, maxOutputTokens: 9000, reasoning: "medium" },
  schema: { ...BASE, responseFormat: { type: "json-schema", name: "answer", schema: READ.parameters, strict: true } },
};

for (const wire of PEER_WIRES) {
  test(`${wire}: requests are written as the AI SDK writes them`, async (t) => {
    const replay = await startReplay(t);
    for (const [name, request] of Object.entries(CASES) as [CaseName, ModelRequest][]) {
      await t.test(name, async () => {
        const ours = leavesOf(await encode(wire, request));
        const theirs = leavesOf(await askPeer(replay, wire, request));
        const paths = [...new Set([...ours.keys(), ...theirs.keys()])].filter((path) => ours.get(path) !== theirs.get(path));
        const rows = REQUEST_DIFFERENCES[wire].filter(({ cases }) => cases === "any" || cases.includes(name));
        const unexplained = paths.filter((path) => !rows.some((row) => row.path.test(path)));
        const shown = unexplained.map((path) => `${path}: ours ${ours.get(path)}, theirs ${theirs.get(path)}`);
        assert.deepEqual(shown, []);
        const idle = rows.filter((row) => row.cases !== "any" && !paths.some((path) => row.path.test(path)));
        assert.deepEqual(idle.map(printRow), [], "this difference is gone: take it out of the table");
      });
    }
  });
}

const printRow = ({ path, why }: RequestDifference): string => `${path}: ${why}`;

async function encode(wire: PeerWire, request: ModelRequest): Promise<unknown> {
  const { body } = (await loadWire(wire)).encodeRequest(request, { model: MODELS[wire], stream: true, quirks: {} });
  return parseJson(body);
}

/** What the package sends; the server's answer is none, and nobody looks at it. */
async function askPeer(replay: Replay, wire: PeerWire, request: ModelRequest): Promise<unknown> {
  replay.answer = { bytes: new Uint8Array(), type: "text/event-stream" };
  const ids = { provider: providerId("peer"), model: modelId(MODELS[wire]) };
  const model = aiSdkModel({ languageModel: PEERS[wire](replay.url, MODELS[wire]), ...ids, facts: UNKNOWN_FACTS });
  replay.body = "";
  await assert.rejects(async () => {
    for await (const _ of model.stream(request, AbortSignal.timeout(5000)));
  });
  assert.notEqual(replay.body, "", "nothing was sent");
  return parseJson(replay.body);
}

/** Every value that is neither object nor array, by its path; `messages.0.role`. */
function leavesOf(value: unknown, path = ""): ReadonlyMap<string, string> {
  const inner = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : undefined;
  if (inner === undefined) return new Map([[path, JSON.stringify(value)]]);
  const leaves = new Map<string, string>();
  let empty = true;
  for (const [name, member] of inner) {
    empty = false;
    for (const [at, leaf] of leavesOf(member, path === "" ? String(name) : `${path}.${name}`)) leaves.set(at, leaf);
  }
  return empty ? new Map([[path, Array.isArray(value) ? "[]" : "{}"]]) : leaves;
}
