import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asArray, asObject, asString } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import { openaiResponses } from "#wires/openai-responses/wire.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FIXTURES = join(ROOT, "fixtures/openai-responses");

for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith(".events.json"))) {
  const stem = name.slice(0, -".events.json".length);
  const file = [`${stem}.sse`, `${stem}.json`].map((each) => join(FIXTURES, each)).find((each) => existsSync(each));
  test(`openai-responses fixture ${stem}: whole, byte by byte, and cut at random`, () => {
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

test("openai-responses: a good stream that is cut anywhere is interrupted, and never ends well", () => {
  for (const stem of ["openai-text", "openai-custom-tool", "openai-reasoning-parallel-calls"]) {
    const bytes = readFileSync(join(FIXTURES, `${stem}.sse`));
    const end = bytes.lastIndexOf("\n\n", bytes.length - 3) + 2;
    const whole = decode([bytes]);
    const first = bytes.indexOf("\n\n") + 2;
    for (let at = first; at < end; at += 13) {
      const seen = decode([bytes.subarray(0, at)]);
      assert.deepEqual(seen.at(-1), { type: "error", kind: "interrupted" }, `${stem} cut at ${at}`);
      assert.deepEqual(seen.slice(0, -1), whole.slice(0, seen.length - 1), `${stem} cut at ${at}`);
    }
  }
});

test("openai-responses: a broken event between good ones is a bad answer, wherever the bytes are cut", () => {
  const bytes = readFileSync(join(FIXTURES, "openai-text.sse"));
  const at = bytes.indexOf("event: response.output_text.delta");
  const broken = Buffer.concat([bytes.subarray(0, at), Buffer.from('data: {"broken": \n\n'), bytes.subarray(at)]);
  assert.deepEqual(asObject(decode([broken]).at(-1)), { type: "error", kind: "bad-response" });
  assert.deepEqual(decode([...broken].map((byte) => Uint8Array.of(byte))), decode([broken]));
});

const RECORDED = join(ROOT, "../shared/recorded");
const FOLDERS = ["openai-responses", "open-responses-responses", "azure"];
const skip = existsSync(RECORDED) ? false : "the folder with recorded answers is not here";

test("openai-responses: recorded answers of providers decode to what they say", { skip }, async (t) => {
  const files = FOLDERS.flatMap((folder) => readdirSync(join(RECORDED, folder)).map((file) => join(folder, file)));
  assert.ok(files.length > 0);
  for (const file of files) {
    await t.test(file, () => {
      const text = readFileSync(join(RECORDED, file), "utf8");
      const lines = file.endsWith(".txt") ? text.split("\n").filter((line) => line.trim() !== "") : [text];
      const raw = file.endsWith(".txt") ? lines.map((line) => `data: ${line}\n\n`).join("") : text;
      if (file.includes("error")) {
        assert.deepEqual(decode([Buffer.from(raw)]).at(-1), { type: "error", kind: "quota" });
        return;
      }
      const fold = new AnswerFold();
      for (const event of events([Buffer.from(raw)])) fold.add(event);
      const { message, model, usage, reason } = fold.finish();
      const said = collectItems(lines.map((line) => asObject(JSON.parse(line)) ?? {}));
      assert.equal(textOf(message), said.text);
      assert.equal(message.content.map((block) => (block.type === "reasoning" ? block.text : "")).join(""), said.reasoning);
      assert.deepEqual(
        toolCallsOf(message).map(({ id, name, json }) => `${id} ${name} ${json}`),
        said.calls,
      );
      assert.equal(reason, said.calls.length > 0 ? "tool-calls" : "stop");
      assert.notEqual(model, "");
      assert.ok((usage.inputTokens ?? 0) > 0 && (usage.outputTokens ?? 0) > 0);
    });
  }
});

test("openai-responses: the phase of a message is carried", { skip }, () => {
  const text = readFileSync(join(RECORDED, "openai-responses/openai-phase.1.json"), "utf8");
  const ends = [...events([Buffer.from(text)])].filter((event) => event.type === "block-end");
  assert.deepEqual(
    ends.map(({ carry }) => carry?.data["phase"]),
    ["commentary", "final_answer"],
  );
});

test("openai-responses: a call of 100 KB in 4,000 deltas is decoded to the same text", () => {
  const piece = "abcdefghijklmnopqrstuvwxy";
  const item = { type: "function_call", id: "fc_1", call_id: "call_1", name: "write" };
  const deltas = Array.from({ length: 4000 }, () => ({ type: "response.function_call_arguments.delta", output_index: 0, delta: piece }));
  const bytes = stream([
    { type: "response.output_item.added", output_index: 0, item: { ...item, arguments: "" } },
    ...deltas,
    { type: "response.output_item.done", output_index: 0, item: { ...item, arguments: piece.repeat(4000) } },
    COMPLETED,
  ]);
  assert.deepEqual(calls(cut(bytes, 7)), [["call_1", "write", piece.repeat(4000)]]);
});

const COMPLETED = { type: "response.completed", response: { id: "resp-1", status: "completed", model: "m", output: [] } };
const call = (more: object) => ({ type: "function_call", ...more });
const done = (item: object, more: object = {}) => ({ type: "response.output_item.done", item, ...more });
const delta = (text: string, more: object = {}) => ({ type: "response.function_call_arguments.delta", delta: text, ...more });

const CALLS: readonly { readonly name: string; readonly told: readonly object[]; readonly calls: readonly (readonly string[])[] }[] = [
  {
    name: "pieces before the item is known",
    told: [
      delta('{"k"', { output_index: 1 }),
      delta(":1}", { output_index: 1 }),
      done(call({ call_id: "a", name: "x" }), { output_index: 1 }),
    ],
    calls: [["a", "x", '{"k":1}']],
  },
  {
    name: "neither ids nor places",
    told: [
      { type: "response.output_item.added", item: call({ call_id: "a", name: "x" }) },
      delta("{}"),
      { type: "response.output_item.added", item: call({ call_id: "b", name: "y" }) },
      delta('{"k":1}'),
    ],
    calls: [
      ["a", "x", "{}"],
      ["b", "y", '{"k":1}'],
    ],
  },
  {
    name: "name and id in the done event of the arguments",
    told: [{ type: "response.function_call_arguments.done", output_index: 0, name: "x", call_id: "a", arguments: "{}" }],
    calls: [["a", "x", "{}"]],
  },
  {
    name: "no call id: the item's; neither: one of the answer; two alike: the second gets another",
    told: [
      { type: "response.created", response: { id: "resp-1", model: "m" } },
      done(call({ id: "fc_1", name: "x", arguments: "{}" }), { output_index: 0 }),
      done(call({ name: "y", arguments: "" }), { output_index: 1 }),
      done(call({ call_id: "fc_1", name: "z", arguments: { k: [1] } }), { output_index: 2 }),
    ],
    calls: [
      ["fc_1", "x", "{}"],
      ["call_resp1_1", "y", ""],
      ["call_resp1_2", "z", '{"k":[1]}'],
    ],
  },
  {
    name: "arguments whole at the beginning, in pieces, and whole again",
    told: [
      { type: "response.output_item.added", output_index: 0, item: call({ id: "f", call_id: "a", name: "x", arguments: '{"k":1}' }) },
      delta('{"k":', { output_index: 0 }),
      delta("1}", { output_index: 0 }),
      done(call({ id: "f", call_id: "a", name: "x", arguments: '{"k":1}' }), { output_index: 0 }),
    ],
    calls: [["a", "x", '{"k":1}']],
  },
];

for (const { name, told, calls: expected } of CALLS) {
  test(`openai-responses calls: ${name}`, () => {
    assert.deepEqual(calls([stream([...told, COMPLETED])]), expected);
  });
}

test("openai-responses: of a summary and the reasoning itself only what comes first is given", () => {
  const item = {
    type: "reasoning",
    id: "r",
    summary: [{ type: "summary_text", text: "short" }],
    content: [{ type: "reasoning_text", text: "long" }],
  };
  const texts = (told: readonly object[]) =>
    decode([stream([...told, COMPLETED])]).flatMap((event) => asString(asObject(event)?.["text"]) ?? []);
  assert.deepEqual(texts([done(item)]), ["short"]);
  const first = { type: "response.reasoning_text.delta", item_id: "r", content_index: 0, delta: "long" };
  assert.deepEqual(texts([first, done(item)]), ["long"]);
});

test("openai-responses: nothing after the end mark is read", () => {
  const late = { type: "response.output_text.delta", output_index: 9, delta: "late" };
  const decoder = openaiResponses.decodeEvents();
  const seen = decoder.push(stream([COMPLETED, late]));
  assert.equal(decoder.done, true);
  assert.deepEqual(
    [...seen, ...decoder.push(Buffer.from("data: no json\n\n")), ...decoder.end()].map(({ type }) => type),
    ["start", "finish"],
  );
});

const ENDINGS: readonly (readonly [name: string, event: object, end: object])[] = [
  ["response.failed without words", { type: "response.failed", response: { error: null } }, { type: "error", kind: "server" }],
  ["response.cancelled", { type: "response.cancelled", response: {} }, { type: "error", kind: "interrupted" }],
  [
    "a nested error",
    { type: "error", error: { code: "context_length_exceeded", message: "x" } },
    { type: "error", kind: "context-overflow" },
  ],
  ["response.error", { type: "response.error", error: { code: "rate_limit_exceeded" } }, { type: "error", kind: "rate-limit" }],
];

for (const [name, event, end] of ENDINGS) {
  test(`openai-responses: ${name} ends the answer with its error, after what was said`, () => {
    const text = { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "Hi" };
    assert.deepEqual(decode([stream([text, event])]).slice(1), [{ type: "text-delta", index: 0, text: "Hi" }, end]);
  });
}

test("openai-responses: an incomplete answer for an unknown reason is not a success", () => {
  const incomplete = { type: "response.incomplete", response: { status: "incomplete", incomplete_details: null, output: [] } };
  assert.equal(asObject(decode([stream([incomplete])]).at(-1))?.["reason"], "other");
});

type Said = { text: string; reasoning: string; calls: readonly string[] };

/** What recorded items say, read without any of our own rules: all of them, as they are when done. */
function collectItems(payloads: readonly Readonly<Record<string, unknown>>[]): Said {
  const last = payloads.at(-1) ?? {};
  const items = (asArray((asObject(last["response"]) ?? last)["output"]) ?? []).map((item) => asObject(item) ?? {});
  const partsOf = (type: string) =>
    items
      .filter((item) => item["type"] === type)
      .flatMap((item) => (asArray(item["content"]) ?? []).map((part) => asObject(part)?.["text"]));
  return {
    text: partsOf("message").join(""),
    reasoning: partsOf("reasoning").join(""),
    calls: items.filter(({ type }) => type === "function_call").map((item) => `${item["call_id"]} ${item["name"]} ${item["arguments"]}`),
  };
}

const stream = (told: readonly object[]): Uint8Array => Buffer.from(told.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""));

function calls(pieces: readonly Uint8Array[]): readonly (readonly string[])[] {
  const fold = new AnswerFold();
  for (const event of events(pieces)) fold.add(event);
  const { message, reason } = fold.finish();
  assert.equal(reason, "tool-calls");
  return toolCallsOf(message).map(({ id, name, json }) => [id, name, json]);
}

function* events(pieces: readonly Uint8Array[]): Generator<StreamEvent> {
  const decoder = openaiResponses.decodeEvents();
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
