import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import type { LanguageModelV4 as RealV4 } from "@ai-sdk/provider";
import { APICallError } from "@ai-sdk/provider";
import { generateText, jsonSchema, stepCountIs, streamText, tool, ToolLoopAgent } from "ai";
import { systemClock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import { modelId, providerId, toolCallId } from "#model/ids.ts";
import { UNKNOWN_FACTS, type Model } from "#model/model.ts";
import { scriptedModel, USAGE } from "#ai-sdk/testing-model.ts";
import { languageModel } from "#ai-sdk/to-ai-sdk.ts";
import { startSimulator } from "#simulator/simulator.ts";
import { DEFAULT_LIMITS, httpModel } from "#wires/http-model.ts";
import type { WireName } from "#wires/wire.ts";

const call = (id: string, city: string) =>
  ({ type: "tool-call", id: toolCallId(id), name: "weather", json: JSON.stringify({ city }) }) as const;

const weather = tool({
  description: "The weather of a city.",
  inputSchema: jsonSchema<{ city: string }>({ type: "object", properties: { city: { type: "string" } }, required: ["city"] }),
  execute: ({ city }) => `rain in ${city}`,
});

test("the AI SDK's own type takes it", () => {
  const model: RealV4 = languageModel(scriptedModel());
  assert.equal(model.specificationVersion, "v4");
});

test("the package exports it as factory/ai-sdk", async () => {
  assert.equal((await import("factory/ai-sdk")).languageModel, languageModel);
});

test("generateText: text, reasoning, usage, finish reason, who served", async () => {
  const model = scriptedModel([
    { type: "reasoning", text: "hm" },
    { type: "text", text: "Hello." },
  ]);
  const result = await generateText({
    model: languageModel(model),
    system: "Be brief.",
    prompt: "Hi",
    temperature: 0.5,
    maxOutputTokens: 50,
  });
  assert.equal(result.text, "Hello.");
  assert.equal(result.reasoningText, "hm");
  assert.equal(result.finishReason, "stop");
  assert.equal(result.response.modelId, "script-1-served");
  assert.equal(result.usage.inputTokens, USAGE.inputTokens);
  assert.deepEqual(result.usage.inputTokenDetails, { noCacheTokens: 30, cacheReadTokens: 60, cacheWriteTokens: 10 });
  assert.deepEqual(model.requests, [
    {
      system: [{ type: "text", text: "Be brief." }],
      messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
      maxOutputTokens: 50,
      temperature: 0.5,
    },
  ]);
});

test("streamText: a tool loop with parallel calls; what a block carries goes back with it", async () => {
  const signature = { wire: "anthropic-messages", data: { signature: "s1" } };
  const model = scriptedModel(
    [
      { type: "reasoning", text: "Which cities?", carry: signature },
      { type: "opaque", carry: { wire: "w", data: { block: { kind: 1 } } } },
      { ...call("c1", "Bonn"), carry: { wire: "google-generate", data: { thoughtSignature: "t" } } },
      call("c2", "Kiel"),
    ],
    [{ type: "text", text: "Rain everywhere." }],
  );
  const result = streamText({ model: languageModel(model), prompt: "Weather?", tools: { weather }, stopWhen: stepCountIs(5) });
  const types = new Set<string>();
  for await (const part of result.fullStream) types.add(part.type);
  assert.equal(await result.text, "Rain everywhere.");
  assert.equal((await result.steps).length, 2);
  for (const type of ["reasoning-delta", "tool-input-delta", "tool-call", "tool-result", "text-delta"]) assert.ok(types.has(type), type);
  assert.deepEqual(model.requests[0]?.tools?.[0]?.name, "weather");
  assert.deepEqual(model.requests[1]?.messages.slice(1), [
    {
      role: "assistant",
      from: { provider: "scripted", model: "script-1" },
      content: [
        { type: "reasoning", text: "Which cities?", carry: signature },
        { type: "opaque", carry: { wire: "w", data: { block: { kind: 1 } } } },
        { ...call("c1", "Bonn"), carry: { wire: "google-generate", data: { thoughtSignature: "t" } } },
        call("c2", "Kiel"),
      ],
    },
    {
      role: "tool",
      content: ["Bonn", "Kiel"].map((city, at) => ({
        type: "tool-result",
        callId: `c${at + 1}`,
        name: "weather",
        content: [{ type: "text", text: `rain in ${city}` }],
        isError: false,
      })),
    },
  ]);
});

test("useChat's stream of an answer, with what a block carries", async () => {
  const model = scriptedModel([
    { type: "reasoning", text: "hm", carry: { wire: "w", data: { signature: "s9" } } },
    { type: "opaque", carry: { wire: "w", data: { block: 1 } } },
    { type: "text", text: "Hello." },
  ]);
  const response = streamText({ model: languageModel(model), prompt: "Hi" }).toUIMessageStreamResponse();
  const text = await response.text();
  for (const part of ['"type":"reasoning-delta"', '"signature":"s9"', '"delta":"Hello."', '"type":"finish"', "[DONE]"]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
});

test("a tool that throws is told as an error; images and files in results and questions arrive", async () => {
  const model = scriptedModel([call("c1", "Bonn")], [{ type: "text", text: "ok" }]);
  const failing = tool({ ...weather, execute: () => Promise.reject(new Error("no radar")) });
  await generateText({
    model: languageModel(model),
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "Look." },
          { type: "file", mediaType: "image/png", data: PIXEL },
        ],
      },
    ],
    tools: { weather: failing },
    stopWhen: stepCountIs(3),
  });
  assert.deepEqual(model.requests[0]?.messages[0]?.content[1], { type: "image", mediaType: "image/png", data: PIXEL });
  const result = model.requests[1]?.messages.at(-1)?.content[0];
  assert.ok(result?.type === "tool-result" && result.isError);
  assert.match(JSON.stringify(result.content), /no radar/);
});

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("settings without a word of ours are warned of", async () => {
  const model = scriptedModel([{ type: "text", text: "ok" }]);
  const { warnings } = await generateText({ model: languageModel(model), prompt: "Hi", presencePenalty: 1, frequencyPenalty: 1 });
  assert.deepEqual(
    warnings?.map((warning) => ("feature" in warning ? warning.feature : warning.type)),
    ["presencePenalty", "frequencyPenalty"],
  );
});

test("a file that is neither image nor text is refused, not left out", async () => {
  const asked = generateText({
    model: languageModel(scriptedModel()),
    messages: [{ role: "user", content: [{ type: "file", mediaType: "application/pdf", data: "JVBERi0=" }] }],
    maxRetries: 0,
  });
  await assert.rejects(asked, /application\/pdf/);
});

test("our failures are the AI SDK's: it retries what may be retried, after the wait that was asked for", async () => {
  const busy = new ModelError("overloaded", "the provider is overloaded", { retryAfterMs: 1 });
  const model = scriptedModel(busy, [{ type: "text", text: "at last" }]);
  assert.equal((await generateText({ model: languageModel(model), prompt: "Hi" })).text, "at last");

  const refused = scriptedModel(new ModelError("auth", "the provider refused the key", { status: 401 }));
  await assert.rejects(generateText({ model: languageModel(refused), prompt: "Hi" }), (error) => {
    assert.ok(APICallError.isInstance(error));
    assert.equal(error.statusCode, 401);
    assert.equal(error.isRetryable, false);
    assert.ok(error.cause instanceof ModelError && error.cause.kind === "auth");
    return true;
  });
  assert.equal(refused.requests.length, 1);
});

test("a stream that breaks is an error part after what was said, never a finish", async () => {
  const begun = [
    { type: "start", model: "m" },
    { type: "text-delta", index: 0, text: "half" },
  ] as const;
  for (const line of [{ events: begun }, { events: begun, failure: new ModelError("interrupted", "cut") }]) {
    const parts: string[] = [];
    const { stream } = await languageModel(scriptedModel(line)).doStream({ prompt: [] });
    for await (const part of stream) {
      parts.push(part.type);
      if (part.type === "error") assert.ok(APICallError.isInstance(part.error) && part.error.isRetryable);
    }
    assert.deepEqual(parts, ["stream-start", "response-metadata", "text-start", "text-delta", "error"]);
  }
});

test("an answer that is left, or aborted, ends the request behind it", async () => {
  for (const how of ["cancel", "abort"] as const) {
    const ended = Promise.withResolvers<undefined>();
    const endless: Model = {
      ...scriptedModel(),
      async *stream(_, signal) {
        try {
          yield { type: "start", model: "m" };
          yield { type: "text-delta", index: 0, text: "so" };
          if (!signal.aborted) await once(signal, "abort");
        } finally {
          ended.resolve(undefined);
        }
      },
    };
    const stop = new AbortController();
    const { stream } = await languageModel(endless).doStream({ prompt: [], abortSignal: stop.signal });
    const reader = stream.getReader();
    for (let at = 0; at < 4; at += 1) await reader.read();
    if (how === "cancel") await reader.cancel();
    else stop.abort();
    await ended.promise;
  }
});

for (const wire of ["openai-chat", "anthropic-messages"] as const) {
  test(`${wire}: ToolLoopAgent over a real connection to the simulator`, async (t) => {
    const simulator = await startSimulator({
      scenario: {
        steps: [
          { when: { turn: 0 }, reply: { reasoning: "Look it up.", tool_calls: [{ name: "weather", arguments: { city: "Bonn" } }] } },
          { when: { turn: 1 }, reply: { text: "It says: ${last_result}" } },
        ],
      },
    });
    t.after(() => simulator.close());
    const agent = new ToolLoopAgent({ model: languageModel(connected(simulator.url, wire)), instructions: "Help.", tools: { weather } });
    const result = await agent.generate({ prompt: "Weather in Bonn?" });
    assert.equal(result.text, "It says: rain in Bonn");
    assert.equal(result.steps.length, 2);
    assert.deepEqual(
      simulator.requests.map((request) => [request.wire, request.step]),
      [
        [wire, 0],
        [wire, 1],
      ],
    );
  });
}

const connected = (baseUrl: string, wire: WireName): Model =>
  httpModel({
    provider: providerId("sim"),
    providerName: "Simulator",
    model: modelId("m"),
    facts: UNKNOWN_FACTS,
    wire,
    baseUrl,
    headers: {},
    secrets: [],
    quirks: {},
    limits: DEFAULT_LIMITS,
    clock: systemClock,
  });
