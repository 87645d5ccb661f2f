import assert from "node:assert/strict";
import { test } from "node:test";
import { capabilitiesOf, toFacts, type FactOrigin } from "#providers/capabilities.ts";
import { FAMILY_RULES, familyRule } from "#providers/family-rules.ts";
import { requireProvider } from "#providers/find.ts";
import { sizeAdvice, sizeOf } from "#providers/model-size.ts";

test("the server's word comes before the catalogue's, then the family's, then a careful guess", () => {
  const origins = (knowledge: Omit<Parameters<typeof capabilitiesOf>[0], "model">, model = "claude-opus-4-8"): readonly FactOrigin[] => {
    const { contextTokens, tools, vision } = capabilitiesOf({ model, ...knowledge });
    return [contextTokens.origin, tools.origin, vision.origin];
  };
  assert.deepEqual(origins({ told: { contextTokens: 5 }, catalogue: { contextTokens: 6, tools: "native" } }), [
    "provider",
    "catalogue",
    "family",
  ]);
  assert.deepEqual(origins({ catalogue: { contextTokens: null } }), ["family", "family", "family"]);
  assert.deepEqual(origins({}, "nobody-knows-this"), ["default", "default", "default"]);
  assert.equal(capabilitiesOf({ model: "x", told: { contextTokens: 5 }, catalogue: { contextTokens: 6 } }).contextTokens.value, 5);
});

test("what the row says of certain models comes before the family, what it says of all after it", () => {
  const { row } = requireProvider("perplexity");
  assert.deepEqual(capabilitiesOf({ model: "openai/gpt-5.5", row }).tools, { value: "native", origin: "row", confidence: "medium" });
  assert.equal(capabilitiesOf({ model: "unknown", row }).tools.value, "none");
});

test("guesses do not become facts", () => {
  assert.deepEqual(toFacts(capabilitiesOf({ model: "nobody-knows-this" })), {
    contextTokens: null,
    maxOutputTokens: null,
    tools: null,
    vision: null,
    reasoning: null,
  });
});

const SIZES: readonly (readonly [name: string, billions: number | null])[] = [
  ["qwen3:14b", 14],
  ["qwen2.5-coder:32b-instruct-q4_K_M", 32],
  ["Qwen/Qwen3-Coder-480B-A35B-Instruct", 480],
  ["mixtral-8x7b", 56],
  ["llama-3.3-70b-versatile", 70],
  ["smollm:360m", 0.36],
  ["7.6B", 7.6],
  ["phi-4", null],
  ["gpt-4o", null],
  ["model-99999b", null],
  ["a3b", null],
];

for (const [name, billions] of SIZES) test(`the size of ${name}`, () => assert.equal(sizeOf(name), billions));

test("small models get one line of advice, softer up to 30B, larger ones none", () => {
  assert.match(sizeAdvice("m", 7.6) ?? "", /^m has about 7\.6B parameters: too small .*27–32B \(24–32 GB of video memory: RTX 3090/);
  assert.match(sizeAdvice("m", 14) ?? "", /edits in one file/);
  assert.match(sizeAdvice("m", 29) ?? "", /Safer/);
  assert.equal(sizeAdvice("m", 30), null);
  assert.equal(sizeAdvice("m", null), null);
  assert.ok(!sizeAdvice("m", 7)?.includes("\n"));
});

const FAMILIES: readonly (readonly [id: string, tools: string | undefined])[] = [
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", "native"],
  ["anthropic/claude-opus-4.6", "native"],
  ["openai/gpt-oss-120b", "native"],
  ["deepseek-r1:14b", "none"],
  ["qwen2.5-coder:14b", "basic"],
  ["llama2:13b", "none"],
  ["llama3.1:8b", "native"],
  ["accounts/fireworks/models/glm-5p3", "native"],
  ["sonar-pro", "none"],
  ["llama-x", undefined],
];

for (const [id, tools] of FAMILIES) test(`the family of ${id}`, () => assert.equal(familyRule(id)?.facts.tools, tools));

test("every family rule can be reached: no earlier one swallows the plainest name of a later one", () => {
  for (const { match } of FAMILY_RULES) assert.ok(!match.global && !match.test(""), String(match));
});
