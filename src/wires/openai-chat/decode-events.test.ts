import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asArray, asObject, asString } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import { openaiChat } from "#wires/openai-chat/wire.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "fixtures/openai-chat");

for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith(".events.json"))) {
  const stem = name.slice(0, -".events.json".length);
  const file = [`${stem}.sse`, `${stem}.json`].map((each) => join(FIXTURES, each)).find((each) => existsSync(each));
  test(`openai-chat fixture ${stem}: whole, byte by byte, and cut at random`, () => {
    assert.ok(file, `${stem} has no raw bytes`);
    const bytes = readFileSync(file);
    const expected = JSON.parse(readFileSync(join(FIXTURES, name), "utf8"));
    assert.deepEqual(decode([bytes]), expected);
    assert.deepEqual(decode([...bytes].map((byte) => Uint8Array.of(byte))), expected);
    for (let round = 0; round < 20; round += 1) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      assert.deepEqual(decode(cut(bytes, seed)), expected, `seed ${seed}`);
    }
  });
}

const RECORDED = join(ROOT, "../shared/recorded");
const FOLDERS = ["openai", "groq", "deepseek", "xai", "mistral", "alibaba", "openai-compatible"];
const skip = existsSync(RECORDED) ? false : "the folder with recorded answers is not here";

test("openai-chat: recorded answers of providers decode to what they say", { skip }, async (t) => {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(RECORDED, folder)).map((file) => join(folder, file)));
  assert.ok(files.length > 0);
  for (const file of files) {
    await t.test(file, () => {
      const text = readFileSync(join(RECORDED, file), "utf8");
      const lines = file.endsWith(".txt") ? text.split("\n").filter((line) => line.trim() !== "") : [text];
      const raw = file.endsWith(".txt") ? lines.map((line) => `data: ${line}\n\n`).join("") : text;
      const fold = new AnswerFold();
      for (const event of events([Buffer.from(raw)])) fold.add(event);
      const { message, model, usage, reason } = fold.finish();
      const said = concatenate(lines.map((line) => asObject(JSON.parse(line)) ?? {}));
      assert.equal(textOf(message), said.text);
      assert.equal(message.content.map((block) => (block.type === "reasoning" ? block.text : "")).join(""), said.reasoning);
      assert.deepEqual(
        toolCallsOf(message).map(({ name, json }) => `${name} ${json}`),
        said.calls,
      );
      assert.equal(reason, said.calls.length > 0 ? "tool-calls" : "stop");
      assert.notEqual(model, "");
      assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
    });
  }
});

test("openai-chat: a call of 100 KB in 4,000 deltas is decoded to the same text", () => {
  const piece = "abcdefghijklmnopqrstuvwxy";
  const chunks = Array.from({ length: 4000 }, (_, at) => {
    const head = at === 0 ? { id: "call_1", type: "function" } : {};
    return chunk({ tool_calls: [{ index: 0, ...head, function: { ...(at === 0 ? { name: "write" } : {}), arguments: piece } }] });
  });
  const bytes = Buffer.from(`${chunks.join("")}data: [DONE]\n\n`);
  const fold = new AnswerFold();
  for (const event of events(cut(bytes, 7))) fold.add(event);
  assert.equal(toolCallsOf(fold.finish().message)[0]?.json, piece.repeat(4000));
});

type Said = { text: string; reasoning: string; calls: string[] };

/** What recorded chunks say, read without any of our own rules. */
function concatenate(chunks: readonly Readonly<Record<string, unknown>>[]): Said {
  const said: Said = { text: "", reasoning: "", calls: [] };
  for (const each of chunks) {
    const choice = asObject(asArray(each["choices"])?.[0]);
    const message = asObject(choice?.["delta"]) ?? asObject(choice?.["message"]) ?? {};
    said.text += asString(message["content"]) ?? "";
    said.reasoning += asString(message["reasoning_content"]) ?? asString(message["reasoning"]) ?? "";
    for (const call of asArray(message["tool_calls"]) ?? []) {
      const called = asObject(asObject(call)?.["function"]) ?? {};
      const name = asString(called["name"]);
      if (name) said.calls.push(`${name} `);
      said.calls[said.calls.length - 1] += asString(called["arguments"]) ?? "";
    }
  }
  return said;
}

const chunk = (delta: object): string => `data: ${JSON.stringify({ id: "x", model: "m", choices: [{ index: 0, delta }] })}\n\n`;

function* events(pieces: readonly Uint8Array[]): Generator<StreamEvent> {
  const decoder = openaiChat.decodeEvents();
  for (const piece of pieces) yield* decoder.push(piece);
  yield* decoder.end();
}

/** The events, and the kind of the error that ends them. */
function decode(pieces: readonly Uint8Array[]): readonly unknown[] {
  const seen: unknown[] = [];
  try {
    for (const event of events(pieces)) seen.push(event);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    seen.push({ type: "error", kind: error.kind });
  }
  return seen;
}

function cut(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let state = seed;
  for (let from = 0; from < bytes.length;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const to = Math.min(bytes.length, from + 1 + (state % 97));
    pieces.push(bytes.slice(from, to));
    from = to;
  }
  return pieces;
}
