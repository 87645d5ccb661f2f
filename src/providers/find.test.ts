import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { findProvider, requireProvider } from "#providers/find.ts";

const FOUND: readonly (readonly [name: string, slug: string])[] = [
  ["groq", "groq"],
  ["GROQ", "groq"],
  ["lm_studio", "lmstudio"],
  ["LM-Studio", "lmstudio"],
  ["byteplus_coding_plan", "byteplus-coding"],
  ["z.ai", "zai"],
  ["kimi", "moonshot"],
  ["kimi-cn", "moonshot-cn"],
  ["zhipu", "glm"],
  ["bigmodel", "glm-cn"],
  ["qwen", "qwen"],
  ["alibaba", "qwen-intl"],
  ["minimaxi", "minimax-cn"],
];

for (const [name, slug] of FOUND) {
  test(`${name} is ${slug}`, () => {
    assert.equal(findProvider(name)?.slug, slug);
    assert.equal(requireProvider(name).slug, slug);
  });
}

const FAMILY: readonly (readonly [name: string, slug: string])[] = [
  ["kimi-k3", "moonshot"],
  ["moonshot_eu", "moonshot"],
  ["zhipu-plan", "glm"],
  ["minimax-eu", "minimax"],
  ["dashscope-hk", "qwen"],
  ["z.ai-eu", "zai"],
];

for (const [name, slug] of FAMILY) {
  test(`${name} on its own means the family of ${slug}, as a prefix nobody`, () => {
    assert.equal(requireProvider(name).slug, slug);
    assert.equal(findProvider(name), undefined);
  });
}

const fails = (name: string, message: RegExp, advice: RegExp): void =>
  assert.throws(
    () => requireProvider(name),
    (error) => error instanceof UsageError && message.test(error.message) && advice.test(error.advice),
  );

test("an unknown name gets the nearest ones", () => {
  fails("antropic", /^unknown provider "antropic"\. Did you mean anthropic\?$/, /factory providers/);
  fails("openruter", /Did you mean openrouter/, /custom:<url>/);
  fails("zzzzzzzzzz", /^unknown provider "zzzzzzzzzz"\.$/, /factory providers/);
});
