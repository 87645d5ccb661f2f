import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { collect } from "#model/collect.ts";
import { ModelError, type ErrorKind } from "#model/error.ts";
import { modelId, providerId, toolCallId } from "#model/ids.ts";
import { textOf, toolCallsOf, userText } from "#model/message.ts";
import { UNKNOWN_FACTS, type Model } from "#model/model.ts";
import type { ModelRequest } from "#model/request.ts";
import { aiSdkModel, type AiSdkOptions } from "#ai-sdk/from-ai-sdk.ts";
import type { LanguageModelV4, V4StreamPart } from "#ai-sdk/v4.ts";
import type { Scenario } from "#simulator/scenario.ts";
import { startSimulator, type Simulator } from "#simulator/simulator.ts";
import { DEFAULT_LIMITS } from "#wires/http-model.ts";

const KEY = "sk-a-secret-of-the-test-0001";

const PEERS: Readonly<Record<string, (url: string) => LanguageModelV4>> = {
  "openai-compatible": (url) => createOpenAICompatible({ name: "sim", baseURL: `${url}/v1`, apiKey: KEY, includeUsage: true })("m"),
  anthropic: (url) => createAnthropic({ baseURL: `${url}/v1`, apiKey: KEY })("m"),
};

function wrapped(languageModel: LanguageModelV4, more: Partial<AiSdkOptions> = {}): Model {
  return aiSdkModel({ languageModel, provider: providerId("peer"), model: modelId("m"), facts: UNKNOWN_FACTS, secrets: [KEY], ...more });
}

async function simulated(t: TestContext, ...steps: Scenario["steps"]): Promise<Simulator> {
  const simulator = await startSimulator({ scenario: { steps } });
  t.after(() => simulator.close());
  return simulator;
}

const HELLO: ModelRequest = { messages: [userText("hello")], maxOutputTokens: 1000 };
const never = new AbortController().signal;

const kindOf = async (promise: Promise<unknown>): Promise<ErrorKind | "none"> => {
  try {
    await promise;
    return "none";
  } catch (error) {
    assert.ok(error instanceof ModelError, String(error));
    assert.doesNotMatch(error.message, /a-secret-of/);
    return error.kind;
  }
};

for (const [name, open] of Object.entries(PEERS)) {
  test(`${name}: text, reasoning, calls, usage and who served`, async (t) => {
    const { url } = await simulated(t, {
      reply: {
        reasoning: "Let me look.",
        text: "One moment.",
        tool_calls: [
          { name: "read", arguments: { path: "a.ts" } },
          { name: "list", arguments: {} },
        ],
        usage: { input: 120, output: 30 },
      },
    });
    const answer = await collect(wrapped(open(url)).stream(HELLO, never));
    assert.deepEqual(
      answer.message.content.map(({ type }) => type),
      ["reasoning", "text", "tool-call", "tool-call"],
    );
    assert.equal(textOf(answer.message), "One moment.");
    assert.deepEqual(
      toolCallsOf(answer.message).map((block) => [block.name, JSON.parse(block.json || "{}")]),
      [
        ["read", { path: "a.ts" }],
        ["list", {}],
      ],
    );
    assert.equal(answer.reason, "tool-calls");
    assert.equal(answer.usage.inputTokens, 120);
    assert.equal(answer.usage.outputTokens, 30);
    assert.equal(answer.model, "m");
  });

  test(`${name}: a conversation with results is asked as it was meant`, async (t) => {
    const simulator = await simulated(t, { reply: { text: "Thanks." } });
    const call = { type: "tool-call", id: toolCallId("c1"), name: "read", json: '{"path":"a.ts"}' } as const;
    const request: ModelRequest = {
      ...HELLO,
      system: [{ type: "text", text: "Be brief." }],
      messages: [
        userText("read it"),
        { role: "assistant", content: [call] },
        {
          role: "tool",
          content: [{ type: "tool-result", callId: call.id, name: "read", content: [{ type: "text", text: "no file" }], isError: true }],
        },
      ],
      tools: [{ name: "read", description: "Reads.", parameters: { type: "object", properties: { path: { type: "string" } } } }],
      toolChoice: "auto",
      temperature: 0.5,
    };
    assert.equal(textOf((await collect(wrapped(open(simulator.url)).stream(request, never))).message), "Thanks.");
    const body = JSON.stringify(simulator.requests[0]?.body);
    for (const part of ["Be brief.", "read it", "c1", "no file", '"path"', '"temperature":0.5']) assert.ok(body.includes(part), part);
  });

  const refusals: readonly (readonly [number, ErrorKind])[] = [
    [401, "auth"],
    [429, "rate-limit"],
    [503, "overloaded"],
    [400, "bad-request"],
  ];
  for (const [status, kind] of refusals) {
    test(`${name}: status ${status} is ${kind}`, async (t) => {
      const { url, requests } = await simulated(t, { times: 0, fault: { status, headers: { "retry-after": "7" } } });
      await assert.rejects(collect(wrapped(open(url)).stream(HELLO, never)), (error) => {
        assert.ok(error instanceof ModelError);
        assert.equal(error.kind, kind);
        assert.equal(error.details.status, status);
        assert.equal(error.details.provider, "peer");
        if (kind === "rate-limit") assert.equal(error.details.retryAfterMs, 7000);
        return true;
      });
      assert.equal(requests.length, 1, "asked once: retries are for others");
    });
  }

  test(`${name}: a cut answer is interrupted, after what was said`, async (t) => {
    for (const fault of [{ cut_after: 4 }, { end_after: 4 }]) {
      const { url } = await simulated(t, { fault, reply: { text: "The quick brown fox jumps over the lazy dog." } });
      let said = "";
      const asked = (async () => {
        for await (const event of wrapped(open(url)).stream(HELLO, never)) if (event.type === "text-delta") said += event.text;
      })();
      assert.equal(await kindOf(asked), "interrupted", JSON.stringify(fault));
      assert.notEqual(said, "");
    }
  });

  test(`${name}: an abort, and leaving early, end the request`, async (t) => {
    const step = { times: 0, pace: { between_ms: 5 }, reply: { text: "x".repeat(50_000) } };
    const simulator = await simulated(t, step);
    const stop = new AbortController();
    const asked = (async () => {
      for await (const event of wrapped(open(simulator.url)).stream(HELLO, stop.signal)) if (event.type === "text-delta") stop.abort();
    })();
    assert.equal(await kindOf(asked), "aborted");
    for await (const event of wrapped(open(simulator.url)).stream(HELLO, never)) if (event.type === "text-delta") break;
    await simulator.close();
    assert.deepEqual(
      simulator.requests.map(({ outcome }) => outcome),
      ["left", "left"],
    );
    assert.ok(simulator.requests.every(({ pieces }) => pieces < 4000));
  });

  test(`${name}: nobody listens, and a silence, have their own names`, async (t) => {
    assert.equal(await kindOf(collect(wrapped(open("http://127.0.0.1:1")).stream(HELLO, never))), "network");
    const { url } = await simulated(t, { times: 0, fault: { stall_after: 0 }, reply: { text: "never" } });
    const limits = { ...DEFAULT_LIMITS, firstTokenMs: 100 };
    assert.equal(await kindOf(collect(wrapped(open(url), { limits }).stream(HELLO, never))), "timeout-first-token");
    const stalling = await simulated(t, { fault: { stall_after: 4 }, reply: { text: "The quick brown fox jumps over the lazy dog." } });
    const idle = { ...DEFAULT_LIMITS, idleMs: 100 };
    assert.equal(await kindOf(collect(wrapped(open(stalling.url), { limits: idle }).stream(HELLO, never))), "timeout-idle");
  });
}

/** A model that gives these parts. */
const speaking = (...parts: readonly V4StreamPart[]): LanguageModelV4 => ({
  specificationVersion: "v4",
  provider: "p",
  modelId: "m",
  supportedUrls: {},
  doGenerate: () => Promise.reject(new Error("not asked")),
  doStream: () => Promise.resolve({ stream: ReadableStream.from(parts) }),
});

const NO_USAGE = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};
const STOP: V4StreamPart = { type: "finish", finishReason: { unified: "stop", raw: "end" }, usage: NO_USAGE };

test("what no delta tells: whole calls, provider results, files, sources, empty signed text; and all of it goes back", async () => {
  const metadata = { google: { thoughtSignature: "t" } };
  const model = speaking(
    { type: "response-metadata", id: "r1", modelId: "served" },
    { type: "text-start", id: "0" },
    { type: "text-end", id: "0", providerMetadata: metadata },
    { type: "tool-input-start", id: "s1", toolName: "search", providerExecuted: true },
    { type: "tool-input-delta", id: "s1", delta: '{"q"' },
    { type: "tool-input-end", id: "s1" },
    { type: "tool-call", toolCallId: "s1", toolName: "search", input: '{"q":1}', providerExecuted: true, providerMetadata: metadata },
    { type: "tool-result", toolCallId: "s1", toolName: "search", result: { hits: 1 }, preliminary: true },
    { type: "tool-result", toolCallId: "s1", toolName: "search", result: { hits: 2 } },
    { type: "source", sourceType: "url", id: "u", url: "https://example.org" },
    { type: "file", mediaType: "image/png", data: { type: "data", data: new Uint8Array([1, 2]) } },
    { type: "custom", kind: "p.x", providerMetadata: metadata },
    { type: "tool-input-start", id: "f1", toolName: "patch", inputEncoding: "text" },
    { type: "tool-input-delta", id: "f1", delta: "*** raw" },
    { type: "tool-call", toolCallId: "f1", toolName: "patch", input: '"*** raw"' },
    { ...STOP, providerMetadata: { openrouter: { usage: { cost: 0.25 } } } },
  );
  const answer = await collect(wrapped(model).stream(HELLO, never));
  assert.equal(answer.model, "served");
  assert.equal(answer.costUsd, 0.25);
  assert.deepEqual(
    answer.message.content.map(({ type }) => type),
    ["opaque", "tool-call", "opaque", "opaque", "opaque", "opaque", "tool-call"],
  );
  assert.deepEqual(
    toolCallsOf(answer.message).map(({ json, providerExecuted }) => [json, providerExecuted]),
    [
      ['{"q":1}', true],
      ['{"input":"*** raw"}', undefined],
    ],
  );

  let prompt: unknown;
  const listening: LanguageModelV4 = {
    ...speaking(),
    doStream: (options) => {
      prompt = options.prompt;
      return speaking(STOP).doStream(options);
    },
  };
  await collect(wrapped(listening).stream({ messages: [answer.message] }, never));
  assert.deepEqual(prompt, [
    {
      role: "assistant",
      content: [
        { type: "text", text: "", providerOptions: metadata },
        { type: "tool-call", toolCallId: "s1", toolName: "search", input: { q: 1 }, providerExecuted: true, providerOptions: metadata },
        { type: "tool-result", toolCallId: "s1", toolName: "search", output: { type: "json", value: { hits: 2 } } },
        { type: "file", mediaType: "image/png", data: { type: "data", data: "AQI=" } },
        { type: "custom", kind: "p.x", providerOptions: metadata },
        { type: "tool-call", toolCallId: "f1", toolName: "patch", input: { input: "*** raw" } },
      ],
    },
  ]);
});

test("reasoning goes back to its own author only", async () => {
  let prompt = "";
  const listening: LanguageModelV4 = {
    ...speaking(),
    doStream: (options) => {
      prompt = JSON.stringify(options.prompt);
      return speaking(STOP).doStream(options);
    },
  };
  const thought = { type: "reasoning", text: "secret thought" } as const;
  const said = { type: "text", text: "said" } as const;
  for (const [model, expected] of [
    ["m", true],
    ["other", false],
  ] as const) {
    const from = { provider: providerId("peer"), model: modelId(model) };
    await collect(wrapped(listening).stream({ messages: [{ role: "assistant", content: [thought, said], from }] }, never));
    assert.equal(prompt.includes("secret thought"), expected, model);
    assert.ok(prompt.includes("said"));
  }
});

test("warnings are told; failures of the package itself are bad responses; errors in the stream have their kind", async () => {
  const warnings: string[] = [];
  const warned = speaking({ type: "stream-start", warnings: [{ type: "unsupported", feature: "topK" }] }, STOP);
  await collect(wrapped(warned, { warn: (message) => warnings.push(message) }).stream(HELLO, never));
  assert.deepEqual(warnings, ["topK: not supported"]);

  const cases: readonly (readonly [unknown, ErrorKind])[] = [
    [new TypeError("x is not a function"), "bad-response"],
    [{ type: "overloaded_error", message: "Overloaded" }, "overloaded"],
    [Object.assign(new Error("Load API key"), { name: "AI_LoadAPIKeyError" }), "auth"],
    [Object.assign(new Error("fetch failed"), { cause: { code: "ENOTFOUND" } }), "dns"],
    [{ message: `wrong key ${KEY}`, code: "invalid_api_key" }, "auth"],
    [undefined, "server"],
  ];
  for (const [error, kind] of cases) {
    assert.equal(await kindOf(collect(wrapped(speaking({ type: "error", error })).stream(HELLO, never))), kind, String(kind));
  }
  assert.equal(await kindOf(collect(wrapped(speaking({ type: "text-start", id: "0" })).stream(HELLO, never))), "interrupted");
});
