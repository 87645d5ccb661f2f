import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isObject, parseJson } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import type { LanguageModelV4, V4CallOptions, V4FinishReason, V4Usage } from "#ai-sdk/v4.ts";
import { DIFFERENCES, type Field } from "#test/answer-differences.ts";
import { mistral, PEERS, PEER_WIRES, startReplay, type Peer, type PeerWire, type Replay } from "#test/ai-sdk-peers.ts";
import { encodeFrame } from "#wires/bedrock-converse/frames.ts";
import { loadWire } from "#wires/load-wire.ts";

/** The same bytes read by us and by the AI SDK's packages say the same; where not, test/answer-differences.ts says who is right and why. */

const ROOT = join(import.meta.dirname, "..");

/** What an answer says to whoever asked. Counts that are not told are 0, as the packages do not tell the two apart. */
type Said = Readonly<Record<Field, unknown>>;

/** One answer: its bytes, and whether it is a whole one. */
type Sample = { readonly name: string; readonly wire: PeerWire; readonly peer: Peer; readonly bytes: Uint8Array; readonly whole: boolean };

for (const wire of PEER_WIRES) {
  test(`${wire}: fixtures read as the AI SDK reads them`, async (t) => {
    const samples = fixturesOf(wire);
    assert.ok(samples.length > 0);
    const replay = await startReplay(t);
    for (const sample of samples) await t.test(sample.name, () => compare(replay, sample));
  });
}

const RECORDED = join(ROOT, "../shared/recorded");
const skip = existsSync(RECORDED) ? false : "the folder with recorded answers is not here";

test("recorded answers read as the AI SDK reads them", { skip }, async (t) => {
  const replay = await startReplay(t);
  for (const sample of recorded()) await t.test(sample.name, () => compare(replay, sample));
});

test("every difference that is explained belongs to a fixture", () => {
  const names = new Set([...PEER_WIRES.flatMap(fixturesOf), ...(skip === false ? recorded() : [])].map(({ name }) => name));
  const unknown = Object.keys(DIFFERENCES).filter((name) => !names.has(name) && (skip === false || !name.startsWith("recorded/")));
  assert.deepEqual(unknown, []);
});

async function compare(replay: Replay, sample: Sample): Promise<void> {
  const ours = await readOurs(sample);
  const theirs = await readTheirs(replay, sample);
  // Where only one could read it, nothing else is to be compared.
  const fields = ours.failed === theirs.failed ? FIELDS.filter((field) => !same(ours[field], theirs[field])) : (["failed"] as const);
  const expected = DIFFERENCES[sample.name]?.fields ?? [];
  const shown = fields.map((field) => `${field}: ours ${JSON.stringify(ours[field])}, theirs ${JSON.stringify(theirs[field])}`);
  assert.deepEqual(fields.toSorted(), [...expected].toSorted(), shown.join("\n"));
}

function same(left: unknown, right: unknown): boolean {
  try {
    assert.deepEqual(left, right);
    return true;
  } catch {
    return false;
  }
}

const FIELDS: readonly Field[] = ["text", "reasoning", "calls", "reason", "input", "output", "cacheRead", "cacheWrite", "thought"];

const FAILED: Said = {
  failed: true,
  text: "",
  reasoning: "",
  calls: [],
  reason: "",
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  thought: 0,
};

async function readOurs({ wire, bytes }: Sample): Promise<Said> {
  const fold = new AnswerFold();
  try {
    const decoder = (await loadWire(wire)).decodeEvents();
    for (const event of decoder.push(bytes)) fold.add(event);
    for (const event of decoder.end()) fold.add(event);
    const { message, reason, usage } = fold.finish();
    return {
      failed: false,
      text: textOf(message),
      reasoning: message.content.map((block) => (block.type === "reasoning" ? block.text : "")).join(""),
      calls: toolCallsOf(message).flatMap((call) => (call.providerExecuted === true ? [] : [callOf(call.name, call.json)])),
      reason,
      input: usage.inputTokens ?? 0,
      output: usage.outputTokens ?? 0,
      cacheRead: usage.cacheReadTokens ?? 0,
      cacheWrite: usage.cacheWriteTokens ?? 0,
      thought: usage.reasoningTokens ?? 0,
    };
  } catch {
    return FAILED;
  }
}

/** Arguments by their value: the packages print them anew. */
const callOf = (name: string, json: string) => ({ name, input: json.trim() === "" ? {} : (parseJson(json) ?? json) });

const CALL: V4CallOptions = { prompt: [{ role: "user", content: [{ type: "text", text: "hi" }] }] };

async function readTheirs(replay: Replay, { peer, bytes, whole, wire }: Sample): Promise<Said> {
  const streamed = wire === "bedrock-converse" ? "application/vnd.amazon.eventstream" : "text/event-stream";
  replay.answer = { bytes, type: whole ? "application/json" : streamed };
  const model = peer(replay.url, "m");
  try {
    return await (whole ? readWhole(model) : readStream(model));
  } catch {
    return FAILED;
  }
}

async function readWhole(model: LanguageModelV4): Promise<Said> {
  const { content, finishReason, usage } = await model.doGenerate(CALL);
  const said = { text: "", reasoning: "", calls: [] as unknown[] };
  for (const part of content) {
    if (part.type === "text" || part.type === "reasoning") said[part.type] += part.text;
    if (part.type === "tool-call" && part.providerExecuted !== true) said.calls.push(callOf(part.toolName, part.input));
  }
  return { failed: false, ...said, ...endOf(finishReason, usage) };
}

async function readStream(model: LanguageModelV4): Promise<Said> {
  const said = { text: "", reasoning: "", calls: [] as unknown[] };
  let end: ReturnType<typeof endOf> | undefined;
  for await (const part of (await model.doStream(CALL)).stream) {
    if (part.type === "error") return FAILED;
    if (part.type === "text-delta") said.text += part.delta;
    if (part.type === "reasoning-delta") said.reasoning += part.delta;
    if (part.type === "tool-call" && part.providerExecuted !== true) said.calls.push(callOf(part.toolName, part.input));
    if (part.type !== "finish") continue;
    // How the packages tell that an answer broke off.
    const { unified, raw } = part.finishReason;
    if (unified === "interrupted" || (unified === "other" && raw === undefined)) return FAILED;
    end = endOf(part.finishReason, part.usage);
  }
  return end === undefined ? FAILED : { failed: false, ...said, ...end };
}

const endOf = ({ unified }: V4FinishReason, { inputTokens, outputTokens }: V4Usage) => ({
  reason: unified,
  input: inputTokens.total ?? 0,
  output: outputTokens.total ?? 0,
  cacheRead: inputTokens.cacheRead ?? 0,
  cacheWrite: inputTokens.cacheWrite ?? 0,
  thought: outputTokens.reasoning ?? 0,
});

function fixturesOf(wire: PeerWire): readonly Sample[] {
  const folder = join(ROOT, "fixtures", wire);
  return readdirSync(folder).flatMap((file): readonly Sample[] => {
    if (file === "conformance" || /\.(events|request)\.json$/.test(file)) return [];
    const raw = readFileSync(join(folder, file));
    const frames = file.endsWith(".frames.json");
    return [
      {
        name: `${wire}/${file}`,
        wire,
        peer: PEERS[wire],
        bytes: frames ? framesOf(raw.toString("utf8")) : raw,
        whole: /^whole|^[^.]*\.json$/.test(file),
      },
    ];
  });
}

/** `[event, payload]`, or `{ headers, body }` for any other frame. */
function framesOf(text: string): Uint8Array {
  const frames = JSON.parse(text) as readonly ([string, unknown] | { headers: Record<string, string>; body: unknown })[];
  return Buffer.concat(
    frames.map((item) => {
      const { headers, body } = "headers" in item ? item : { headers: eventHeaders(item[0]), body: item[1] };
      return encodeFrame(headers, typeof body === "string" ? body : JSON.stringify(body));
    }),
  );
}

const eventHeaders = (event: string) => ({ ":event-type": event, ":content-type": "application/json", ":message-type": "event" });

/** Which wire the answers of a recorded folder are of. */
const FOLDERS: Readonly<Record<string, PeerWire>> = {
  alibaba: "openai-chat",
  "amazon-bedrock": "bedrock-converse",
  anthropic: "anthropic-messages",
  azure: "openai-responses",
  cohere: "cohere-chat",
  deepseek: "openai-chat",
  google: "google-generate",
  groq: "openai-chat",
  mistral: "openai-chat",
  "open-responses-responses": "openai-responses",
  openai: "openai-chat",
  "openai-compatible": "openai-chat",
  "openai-responses": "openai-responses",
  xai: "openai-chat",
};

function recorded(): readonly Sample[] {
  return Object.entries(FOLDERS).flatMap(([folder, wire]) =>
    readdirSync(join(RECORDED, folder)).map((file): Sample => {
      const text = readFileSync(join(RECORDED, folder, file), "utf8");
      const whole = file.endsWith(".json");
      const peer = folder === "mistral" ? mistral : PEERS[wire];
      return { name: `recorded/${folder}/${file}`, wire, peer, whole, bytes: whole ? Buffer.from(text) : streamOf(text, wire) };
    }),
  );
}

function streamOf(text: string, wire: PeerWire): Uint8Array {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (wire !== "bedrock-converse") return Buffer.from(lines.map((line) => `data: ${line}\n\n`).join(""));
  return Buffer.concat(
    lines.map((line) => {
      const [[event, payload] = ["", {}]] = Object.entries(parsedObject(line));
      return encodeFrame(eventHeaders(event), JSON.stringify(payload));
    }),
  );
}

function parsedObject(text: string): Record<string, unknown> {
  const value = parseJson(text);
  assert.ok(isObject(value), text);
  return value;
}
