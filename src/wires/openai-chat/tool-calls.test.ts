import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerFold } from "#model/collect.ts";
import { toolCallsOf } from "#model/message.ts";
import { openaiChat } from "#wires/openai-chat/wire.ts";

type Call = readonly [id: string, name: string, json: string];
type Case = { readonly name: string; readonly deltas: readonly object[]; readonly calls: readonly Call[] };

const f = (name?: string | null, args?: unknown) => ({
  function: { ...(name === undefined ? {} : { name }), ...(args === undefined ? {} : { arguments: args }) },
});
const calls = (...tool_calls: readonly object[]) => ({ tool_calls });

const CASES: readonly Case[] = [
  {
    name: "index missing, told apart by id",
    deltas: [calls({ id: "a", ...f("x", "{") }), calls({ id: "a", ...f(undefined, "}") }), calls({ id: "b", ...f("y", "{}") })],
    calls: [
      ["a", "x", "{}"],
      ["b", "y", "{}"],
    ],
  },
  {
    name: "index missing, id only in the first delta",
    deltas: [calls({ id: "a", ...f("x", "") }), calls(f(undefined, '{"k":')), calls(f(undefined, "1}"))],
    calls: [["a", "x", '{"k":1}']],
  },
  {
    name: "index always 0 with different ids",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", "{}") }),
      calls({ index: 0, id: "b", ...f("y", "{}") }),
      calls({ index: 0, id: "c", ...f("x", "{}") }),
    ],
    calls: [
      ["a", "x", "{}"],
      ["b", "y", "{}"],
      ["c", "x", "{}"],
    ],
  },
  {
    name: "index always 0, pieces interleaved by id",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", "{") }),
      calls({ index: 0, id: "b", ...f("y", "{") }),
      calls({ index: 0, id: "a", ...f("x", "}") }),
      calls({ index: 0, id: "b", ...f("", "}") }),
    ],
    calls: [
      ["a", "x", "{}"],
      ["b", "y", "{}"],
    ],
  },
  {
    name: "another id in every delta, name only in the first",
    deltas: [
      calls({ index: 0, id: "r1", ...f("x", "{") }),
      calls({ index: 0, id: "r2", ...f(undefined, '"k":1') }),
      calls({ index: 0, id: "r3", ...f(null, "}") }),
    ],
    calls: [["r1", "x", '{"k":1}']],
  },
  {
    name: "id empty or repeated later",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", "{") }),
      calls({ index: 0, id: "", ...f("", '"k"') }),
      calls({ index: 0, id: "a", ...f(null, ":1}") }),
    ],
    calls: [["a", "x", '{"k":1}']],
  },
  {
    name: "name repeated in each delta",
    deltas: [calls({ index: 0, id: "a", ...f("x", "{") }), calls({ index: 0, ...f("x", '"k":') }), calls({ index: 0, ...f("x", "{}}") })],
    calls: [["a", "x", '{"k":{}}']],
  },
  {
    name: "name after the arguments",
    deltas: [calls({ index: 0, id: "a", ...f(undefined, '{"k":') }), calls({ index: 0, ...f("x", "1}") })],
    calls: [["a", "x", '{"k":1}']],
  },
  {
    name: "id after the name",
    deltas: [calls({ index: 0, ...f("x") }), calls({ index: 0, id: "late", ...f(undefined, "{}") })],
    calls: [["late", "x", "{}"]],
  },
  {
    name: "no ids at all: they are made from the answer's id",
    deltas: [calls({ index: 0, ...f("x", "{}") }, { index: 1, ...f("x", "{}") })],
    calls: [
      ["call_ans1_0", "x", "{}"],
      ["call_ans1_1", "x", "{}"],
    ],
  },
  {
    name: "no ids and no indices, whole calls to one tool one after the other",
    deltas: [calls(f("x", '{"k":1}')), calls(f("x", '{"k":2}')), calls(f("y", "{}"))],
    calls: [
      ["call_ans1_0", "x", '{"k":1}'],
      ["call_ans1_1", "x", '{"k":2}'],
      ["call_ans1_2", "y", "{}"],
    ],
  },
  {
    name: "two calls under one id get two ids",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", "{}") }),
      calls({ index: 1, id: "a", ...f("y", "{") }),
      calls({ index: 1, id: "a", ...f("y", "}") }),
    ],
    calls: [
      ["a", "x", "{}"],
      ["call_ans1_1", "y", "{}"],
    ],
  },
  {
    name: "interleaved by index",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", "{") }),
      calls({ index: 1, id: "b", ...f("y", "{") }),
      calls({ index: 0, ...f(undefined, "}") }, { index: 1, ...f(undefined, "}") }),
    ],
    calls: [
      ["a", "x", "{}"],
      ["b", "y", "{}"],
    ],
  },
  {
    name: "arguments null, empty and as an object",
    deltas: [
      calls({ index: 0, id: "a", ...f("x", null) }),
      calls({ index: 1, id: "b", ...f("y", "") }),
      calls({ index: 2, id: "c", ...f("z", { k: [1] }) }),
    ],
    calls: [
      ["a", "x", ""],
      ["b", "y", ""],
      ["c", "z", '{"k":[1]}'],
    ],
  },
  {
    name: "legacy function_call in pieces",
    deltas: [
      { function_call: { name: "x", arguments: "" } },
      { function_call: { arguments: '{"k":' } },
      { function_call: { arguments: "1}" } },
    ],
    calls: [["call_ans1_0", "x", '{"k":1}']],
  },
  {
    name: "unfinished arguments pass as they are",
    deltas: [calls({ index: 0, id: "a", ...f("x", '{"k": "v') })],
    calls: [["a", "x", '{"k": "v']],
  },
  {
    name: "a call of which nothing but an id came is left out",
    deltas: [calls({ index: 0, id: "a", ...f("x", "{}") }), calls({ index: 1, id: "b" })],
    calls: [["a", "x", "{}"]],
  },
];

for (const { name, deltas, calls: expected } of CASES) {
  test(`openai-chat tool calls: ${name}`, () => {
    assert.deepEqual(decoded(deltas.map((delta) => ({ delta }))), expected);
  });
}

test("openai-chat tool calls: in the message of a chunk, and not twice where deltas had them", () => {
  const call = { id: "a", type: "function", ...f("x", "{}") };
  assert.deepEqual(decoded([{ message: { tool_calls: [call] } }]), [["a", "x", "{}"]]);
  assert.deepEqual(decoded([{ delta: calls({ index: 0, ...call }) }, { delta: {}, message: { content: "", tool_calls: [call] } }]), [
    ["a", "x", "{}"],
  ]);
});

function decoded(choices: readonly object[]): readonly Call[] {
  const fold = new AnswerFold();
  const decoder = openaiChat.decodeEvents();
  const raw = choices
    .map((choice) => `data: ${JSON.stringify({ id: "ans-1", model: "m", choices: [{ index: 0, ...choice }] })}\n\n`)
    .join("");
  for (const event of decoder.push(Buffer.from(raw))) fold.add(event);
  for (const event of decoder.push(Buffer.from("data: [DONE]\n\n"))) fold.add(event);
  for (const event of decoder.end()) fold.add(event);
  const { message, reason } = fold.finish();
  assert.equal(reason, "tool-calls");
  return toolCallsOf(message).map(({ id, name, json }) => [id, name, json] as const);
}
