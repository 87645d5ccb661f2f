import assert from "node:assert/strict";
import { test } from "node:test";
import { ModelError } from "#model/error.ts";
import { UNKNOWN_FACTS } from "#model/model.ts";
import { printOverride, suggestOverride, type Known } from "#app/check/override.ts";
import { fails, works, type ProbeId, type ProbeResult, type Verdict } from "#app/check/probe.ts";

const KNOWN: Known = { provider: "azure-openai", model: 'lab/"x"', wire: "openai-chat", quirks: {}, facts: UNKNOWN_FACTS };

const results = (verdicts: Partial<Record<ProbeId, Verdict>>): readonly ProbeResult[] =>
  // The keys of the parameter are all probe ids.
  Object.entries(verdicts).map(([id, verdict]) => ({ id: id as ProbeId, ms: 1, ...verdict }));

const refused = (text: string): Verdict => ({ ...fails("400"), error: new ModelError("unsupported-parameter", `refused: "${text}"`) });

test("what works as known, or is unknown and works, needs no override", () => {
  const all = results({ "tool-call": works(""), image: works(""), reasoning: works(""), "tool-choice": works("") });
  assert.equal(suggestOverride(KNOWN, all), null);
  assert.equal(suggestOverride({ ...KNOWN, facts: { ...UNKNOWN_FACTS, tools: "basic", vision: true } }, all), null);
  const blind = { ...KNOWN, facts: { ...UNKNOWN_FACTS, vision: false } };
  assert.equal(suggestOverride(blind, results({ image: fails("") })), null);
});

test("what works although it is known not to is corrected", () => {
  const known: Known = { ...KNOWN, facts: { ...UNKNOWN_FACTS, tools: "none", vision: false } };
  const override = suggestOverride(known, results({ "tool-call": works(""), image: works("") }));
  assert.deepEqual(override?.providers["azure_openai"]?.models, { 'lab/"x"': { tools: "native", vision: true } });
});

test("refusals name the quirk, on wires that read it and where the row does not have it yet", () => {
  const found = results({ reasoning: refused("reasoning_effort is not supported"), answer: refused("unknown field stream_options") });
  assert.deepEqual(suggestOverride(KNOWN, found)?.providers["azure_openai"]?.quirks, { stream_usage: "omit", reasoning_request: "omit" });
  const set = suggestOverride({ ...KNOWN, quirks: { streamUsage: "omit", reasoningRequest: "omit" } }, found);
  assert.equal(set?.providers["azure_openai"]?.quirks, undefined);
  assert.equal(suggestOverride({ ...KNOWN, wire: "anthropic-messages" }, found)?.providers["azure_openai"]?.quirks, undefined);
});

test("the TOML has the provider's table, inline tables, and a quoted model id", () => {
  const override = suggestOverride(KNOWN, results({ "tool-call": works(""), "tool-choice": fails(""), image: fails("") }));
  assert.ok(override);
  assert.equal(
    printOverride(override),
    ["[providers.azure_openai]", 'quirks = { tool_choice = "auto-only" }', 'models."lab/\\"x\\"" = { vision = false }', ""].join("\n"),
  );
});
