import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToldFacts } from "#providers/listed-model.ts";
import { orderModels, tierOf, withoutDated } from "#providers/order-models.ts";

const model = (id: string, facts: ToldFacts = {}) => ({ id, facts });
const order = (...models: readonly ReturnType<typeof model>[]) => orderModels(models).map(({ id }) => id);

test("tier, then code, then window, then answer, then name with newer numbers first", () => {
  assert.deepEqual(order(model("x-7b"), model("claude-opus-5-5"), model("gpt-4o"), model("y-14b")), [
    "claude-opus-5-5",
    "gpt-4o",
    "y-14b",
    "x-7b",
  ]);
  assert.deepEqual(order(model("gpt-5.5"), model("gpt-5.3-codex")), ["gpt-5.3-codex", "gpt-5.5"]);
  assert.deepEqual(order(model("a", { contextTokens: 5 }), model("b", { contextTokens: 9 })), ["b", "a"]);
  assert.deepEqual(order(model("a", { maxOutputTokens: 5 }), model("b", { maxOutputTokens: 9 })), ["b", "a"]);
  assert.deepEqual(order(model("m-9"), model("m-10"), model("m-2.5"), model("a-1"), model("m")), ["a-1", "m", "m-10", "m-9", "m-2.5"]);
});

test("a size that the server tells counts before the one in the name", () => {
  assert.equal(tierOf(model("thing-7b")), "weak");
  assert.equal(tierOf(model("thing-7b", { billions: 80 })), "strong");
  assert.equal(tierOf(model("thing")), "medium");
});

test("dated names in all their forms", () => {
  const dated = ["m-2024-08-06", "m-20250101", "m-0613", "m-03-2025"];
  assert.deepEqual(withoutDated([...dated, "m"].map((id) => model(id))).kept, [model("m")]);
  assert.equal(withoutDated(dated.map((id) => model(id))).kept.length, 4);
});
