import assert from "node:assert/strict";
import { createServer } from "node:http";
import { connect } from "node:net";
import { once } from "node:events";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { textOf, toolCallsOf } from "#model/message.ts";
import type { Scenario } from "#simulator/scenario.ts";
import { startSimulator } from "#simulator/simulator.ts";
import type { Received, Simulator } from "#simulator/simulator.ts";
import { ask, askRaw, call, HELLO, until } from "#simulator/testing-client.ts";
import { WIRE_NAMES } from "#wires/wire.ts";
import type { WireName } from "#wires/wire.ts";

async function started(t: TestContext, scenario: Scenario, log?: (received: Received) => void): Promise<Simulator> {
  const simulator = await startSimulator({ scenario, ...(log === undefined ? {} : { log }) });
  t.after(() => simulator.close());
  return simulator;
}

const always = (step: Scenario["steps"][number]): Scenario => ({ steps: [{ times: 0, ...step }] });

/** What is particular to a wire. `mark`: how the text of a stream ends. `path`: where a chat is posted to. `saysModel`: the answer names it. */
const WIRES: Readonly<Record<WireName, { readonly mark: RegExp; readonly path: string; readonly saysModel: boolean }>> = {
  "openai-chat": { mark: /data: \[DONE\]\n\n$/, path: "/v1/chat/completions", saysModel: true },
  "openai-responses": { mark: /"type":\s*"response\.completed"[^]*\n\n$/, path: "/v1/responses", saysModel: true },
  "anthropic-messages": { mark: /event: message_stop\n[^]*\n\n$/, path: "/v1/messages", saysModel: true },
  "google-generate": { mark: /"finishReason":\s*"STOP"[^]*\n\n$/, path: "/v1beta/models/m:streamGenerateContent", saysModel: true },
  "bedrock-converse": { mark: /"stopReason":\s*"end_turn"[^]*metadata[^]*$/, path: "/model/m/converse-stream", saysModel: false },
  "cohere-chat": { mark: /"type":\s*"message-end"[^]*\n\n$/, path: "/v2/chat", saysModel: false },
  "ollama-chat": { mark: /"done":\s*true[^]*\n$/, path: "/api/chat", saysModel: true },
};

for (const wire of WIRE_NAMES) {
  for (const stream of [true, false]) {
    test(`${wire}, ${stream ? "streamed" : "whole"}: text, a call and usage arrive as scripted`, async (t) => {
      const simulator = await started(
        t,
        always({
          reply: {
            text: "A text that is longer than one piece.",
            tool_calls: [{ name: "read", arguments: { path: "src/a.ts" } }],
            usage: { input: 120, output: 30 },
          },
        }),
      );
      const answer = await ask(simulator.url, wire, { stream });
      assert.equal(textOf(answer.message), "A text that is longer than one piece.");
      assert.deepEqual(
        toolCallsOf(answer.message).map(({ name, json }) => [name, JSON.parse(json)]),
        [["read", { path: "src/a.ts" }]],
      );
      assert.equal(answer.reason, "tool-calls");
      assert.equal(answer.usage.inputTokens, 120);
      assert.equal(answer.usage.outputTokens, 30);
      assert.equal(answer.model, WIRES[wire].saysModel ? "m" : "");
    });
  }

  test(`${wire}: reasoning arrives as reasoning`, async (t) => {
    const simulator = await started(t, always({ reply: { reasoning: "Let me think about it.", text: "Done." } }));
    const { message } = await ask(simulator.url, wire);
    assert.deepEqual(
      message.content.map((block) => block.type),
      ["reasoning", "text"],
    );
  });

  test(`${wire}: a stream is many pieces and ends with its mark`, async (t) => {
    const simulator = await started(t, always({ reply: { text: "x".repeat(200) } }));
    const reply = await askRaw(simulator.url, wire);
    assert.match(reply.text, WIRES[wire].mark);
    assert.ok(Number(simulator.requests[0]?.pieces) > 17, "12 characters in a piece");
    assert.ok(reply.chunks > 1, "sent one by one");
  });

  test(`${wire}: a body that is not JSON is refused in the wire's shape`, async (t) => {
    const simulator = await started(t, always({ reply: { text: "hi" } }));
    const { url } = simulator;
    const { path } = WIRES[wire];
    const reply = await call(url + path, { body: "{oops" });
    assert.equal(reply.status, 400);
    assert.match(JSON.stringify(JSON.parse(reply.text)), /not JSON/);
    assert.equal(simulator.requests[0]?.outcome, "refused");
    assert.equal(simulator.requests[0]?.body, "{oops");
    const missing = await call(url + path, { body: '{"model":5,"messages":5,"contents":5,"input":5}' });
    assert.equal(missing.status, 400);
  });

  test(`${wire}: no step left is a 500 that says so`, async (t) => {
    const { url } = await started(t, { steps: [{ reply: { text: "once" } }] });
    await askRaw(url, wire);
    const reply = await askRaw(url, wire);
    assert.equal(reply.status, 500);
    assert.match(reply.text, /no step of the scenario answers this: request 1, turn 0.*steps used up: 0/);
  });
}

for (const wire of WIRE_NAMES) {
  test(`${wire}: an answer can say nothing of tokens`, async (t) => {
    const { url } = await started(t, always({ reply: { text: "hi", no_usage: true } }));
    for (const stream of [true, false]) {
      const { usage, message } = await ask(url, wire, { stream });
      assert.equal(textOf(message), "hi");
      assert.deepEqual([usage.inputTokens, usage.outputTokens], [null, null], stream ? "streamed" : "whole");
    }
  });
}

test("bedrock-converse: an error says its type in a header", async (t) => {
  const { url } = await started(t, { steps: [{ fault: { status: 429 } }] });
  assert.equal((await askRaw(url, "bedrock-converse")).headers["x-amzn-errortype"], "ThrottlingException");
  assert.equal((await askRaw(url, "bedrock-converse")).headers["x-amzn-errortype"], "InternalServerException");
});

test("broken arguments arrive broken", async (t) => {
  const { url } = await started(t, always({ reply: { tool_calls: [{ name: "read", arguments: '{"path": "a' }] } }));
  for (const wire of ["openai-chat", "anthropic-messages"] as const) {
    const { message } = await ask(url, wire);
    assert.equal(toolCallsOf(message)[0]?.json, '{"path": "a');
  }
});

test("what was received is kept in order, without secrets, and logged when it is over", async (t) => {
  const logged: Received[] = [];
  const simulator = await started(t, { steps: [{ when: { model: "m" }, times: 0, reply: { text: "hi" } }] }, (received) =>
    logged.push(received),
  );
  const key = "Zz-0123456789-abcdef-wxyz";
  const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: `my key is ${key}` }] });
  await call(`${simulator.url}/v1/chat/completions`, { body, headers: { authorization: `Bearer ${key}` } });
  await call(`${simulator.url}/nothing?key=${key}`, { method: "GET" });
  assert.equal(simulator.requests.length, 2);
  const [first, second] = simulator.requests;
  assert.equal(first?.wire, "openai-chat");
  assert.equal(first?.model, "m");
  assert.equal(first?.stream, false);
  assert.equal(first?.step, 0);
  assert.equal(first?.status, 200);
  assert.equal(first?.outcome, "answered");
  assert.equal(first?.headers["authorization"], "Bearer ***wxyz");
  assert.equal(second?.outcome, "refused");
  assert.ok(!JSON.stringify(simulator.requests).includes(key));
  assert.deepEqual(logged, simulator.requests);
});

test("listings name the models, in each client's form", async (t) => {
  const { url } = await started(t, { models: [{ id: "a/b", context_tokens: 8192 }], steps: [{ reply: { text: "hi" } }] });
  const get = async (path: string, headers = {}) => JSON.parse((await call(url + path, { method: "GET", headers })).text);
  assert.equal((await get("/v1/models")).data[0].context_length, 8192);
  assert.equal((await get("/v1/models/a%2Fb")).id, "a/b");
  assert.equal((await get("/v1/models", { "anthropic-version": "2023-06-01" })).data[0].type, "model");
  assert.equal((await get("/api/tags")).models[0].name, "a/b");
  assert.deepEqual((await get("/v1beta/models")).models[0], {
    name: "models/a/b",
    displayName: "a/b",
    supportedGenerationMethods: ["generateContent", "countTokens"],
    inputTokenLimit: 8192,
  });
  assert.equal((await get("/v1beta/models/a%2Fb")).inputTokenLimit, 8192);
  assert.equal((await call(`${url}/v1beta/models/x`, { method: "GET" })).status, 404);
  const cohere = (await get("/v1/models?endpoint=chat&page_size=10")).models[0];
  assert.deepEqual([cohere.name, cohere.endpoints, cohere.context_length], ["a/b", ["chat"], 8192]);
  const bedrock = (await get("/foundation-models?byOutputModality=TEXT")).modelSummaries[0];
  assert.deepEqual([bedrock.modelId, bedrock.outputModalities, bedrock.responseStreamingSupported], ["a/b", ["TEXT"], true]);
  assert.deepEqual((await get("/inference-profiles")).inferenceProfileSummaries, []);
  assert.match((await get("/api/version")).version, /^\d+\.\d+\.\d+$/);
  const show = await call(`${url}/api/show`, { body: '{"model":"a/b"}' });
  assert.equal(JSON.parse(show.text).model_info["simulator.context_length"], 8192);
  assert.equal((await call(`${url}/api/show`, { body: '{"model":"x"}' })).status, 404);
  assert.equal((await call(`${url}/v1/models/x`, { method: "GET" })).status, 404);
  assert.equal((await call(url, { method: "GET" })).text, "Ollama is running");
  const head = await call(url, { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
});

test("tokens of a request are counted roughly", async (t) => {
  const { url } = await started(t, always({ reply: { text: "hi" } }));
  const count = (content: string) =>
    call(`${url}/v1/messages/count_tokens`, { body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }) });
  const short = JSON.parse((await count("hi")).text).input_tokens;
  assert.ok(short > 0);
  assert.equal(JSON.parse((await count(`hi${"x".repeat(400)}`)).text).input_tokens, short + 100);
  assert.equal((await call(`${url}/v1/messages/count_tokens`, { body: "{}" })).status, 400);
});

test("unknown paths and methods are refused as JSON", async (t) => {
  const { url } = await started(t, always({ reply: { text: "hi" } }));
  const unknown = await call(`${url}/v1/embeddings`, { body: "{}" });
  assert.equal(unknown.status, 404);
  assert.match(JSON.parse(unknown.text).error.message, /no POST \/v1\/embeddings/);
  assert.equal((await call(`${url}/v1/messages`, { method: "GET" })).status, 405);
  assert.equal((await call(`${url}/api/tags`, { body: "{}" })).status, 405);
});

test("a body over 64 MiB is refused without being read", async (t) => {
  const { url } = await started(t, always({ reply: { text: "hi" } }));
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${65 * 1024 * 1024}\r\n\r\n{`);
  const [first] = await once(socket, "data");
  assert.match(String(first), /^HTTP\/1\.1 413 [^]*larger than 64 MiB/);
});

test("several clients at once each get their whole answer", async (t) => {
  const { url } = await started(t, always({ pace: { between_ms: 2 }, reply: { text: "You said: ${last_user}" } }));
  const answers = await Promise.all(
    [...WIRE_NAMES, ...WIRE_NAMES].map((wire, index) =>
      ask(url, wire, { request: { ...HELLO, messages: [{ role: "user", content: [{ type: "text", text: `number ${index}` }] }] } }),
    ),
  );
  assert.deepEqual(
    answers.map(({ message }) => textOf(message)),
    [...WIRE_NAMES, ...WIRE_NAMES].map((_, index) => `You said: number ${index}`),
  );
});

test("a client that hangs up ends its answer, and the next one is served", async (t) => {
  const over = Promise.withResolvers<Received>();
  const scenario = { steps: [{ pace: { between_ms: 20 }, reply: { text: "x".repeat(50_000) } }, { reply: { text: "next" } }] };
  const { url } = await started(t, scenario, (received) => over.resolve(received));
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] });
  await call(`${url}/v1/chat/completions`, { body, hangUp: (text) => text.includes("xxx") });
  const received = await over.promise;
  assert.equal(received.outcome, "left");
  assert.ok(received.pieces < 4000, "the rest was not written");
  assert.equal(textOf((await ask(url, "openai-chat")).message), "next");
});

test("close() ends a stream that is under way and frees the port", async (t) => {
  const simulator = await started(t, always({ reply: { text: "x".repeat(100) }, fault: { stall_after: 3 } }));
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] });
  const begun = Promise.withResolvers<undefined>();
  const reply = call(`${simulator.url}/v1/chat/completions`, {
    body,
    hangUp: (text) => {
      if (text.includes("xxx")) begun.resolve(undefined);
      return false;
    },
  });
  await begun.promise;
  await simulator.close();
  assert.equal((await reply).broken, true);
  assert.equal(simulator.requests[0]?.outcome, "left");
  assert.equal((await call(simulator.url, { method: "GET" })).status, 0, "nobody listens any more");
});

test("close() does not wait for a client that never ends its request", async (t) => {
  const simulator = await started(t, always({ reply: { text: "hi" } }));
  const socket = connect(Number(new URL(simulator.url).port), "127.0.0.1");
  t.after(() => socket.destroy());
  const ended = new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
  socket.write("POST /v1/messages HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{");
  await until(() => simulator.requests.length === 1);
  await simulator.close();
  await ended;
  assert.equal(simulator.requests[0]?.outcome, "left");
});

test("an address that cannot be had and a wrong scenario are the user's mistakes", async (t) => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const scenario: Scenario = { steps: [{ reply: { text: "hi" } }] };
  await assert.rejects(startSimulator({ scenario, port }), (error: unknown) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /127\.0\.0\.1:\d+ is in use/);
    return true;
  });
  await assert.rejects(startSimulator({ scenario: { steps: [] } }), UsageError);
});
