import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { ModelError } from "#model/error.ts";
import { textOf } from "#model/message.ts";
import type { Fault, Pace } from "#simulator/scenario.ts";
import { startSimulator } from "#simulator/simulator.ts";
import type { Simulator } from "#simulator/simulator.ts";
import { ask, askRaw, call, until, type Reply } from "#simulator/testing-client.ts";
import { WIRE_NAMES, type WireName } from "#wires/wire.ts";

async function faulty(t: TestContext, fault: Fault, pace: Pace = {}): Promise<Simulator> {
  const scenario = { steps: [{ times: 0, pace, fault, reply: { text: "The quick brown fox jumps over the lazy dog." } }] };
  const simulator = await startSimulator({ scenario });
  t.after(() => simulator.close());
  return simulator;
}

/** The pieces of a streamed answer: `data:` events, lines, or frames, whose first four bytes are their length. */
function piecesOf({ bytes, text, headers }: Reply, wire: WireName): readonly string[] {
  if (wire !== "bedrock-converse") return text.split("\n").filter((line) => line.startsWith("data:") || line.startsWith("{"));
  assert.ok(headers["content-type"] !== "application/json");
  const buffer = Buffer.from(bytes);
  const frames: string[] = [];
  for (let from = 0; from < buffer.length; from += buffer.readUInt32BE(from)) {
    frames.push(buffer.toString("utf8", from, from + buffer.readUInt32BE(from)));
  }
  return frames;
}

const kindOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: unknown) => (error instanceof ModelError ? error.kind : String(error)),
  );

for (const wire of WIRE_NAMES) {
  test(`${wire}: a status comes with the wire's error shape and the headers`, async (t) => {
    const { url, requests } = await faulty(t, { status: 429, headers: { "retry-after": "7" } });
    const reply = await askRaw(url, wire);
    assert.equal(reply.status, 429);
    assert.equal(reply.headers["retry-after"], "7");
    assert.equal(reply.headers["content-type"], "application/json");
    assert.match(JSON.stringify(JSON.parse(reply.text)), /simulated failure with status 429/);
    assert.equal(requests[0]?.outcome, "faulted");
    assert.equal(requests[0]?.status, 429);
  });

  test(`${wire}: cut_after breaks the connection after the pieces`, async (t) => {
    const { url, requests } = await faulty(t, { cut_after: 3 });
    const reply = await askRaw(url, wire);
    assert.equal(reply.status, 200);
    assert.equal(reply.broken, true);
    assert.equal(piecesOf(reply, wire).length, 3);
    assert.equal(requests[0]?.pieces, 3);
  });

  test(`${wire}: end_after ends cleanly, and a client sees the answer as interrupted`, async (t) => {
    const { url } = await faulty(t, { end_after: 2 });
    const reply = await askRaw(url, wire);
    assert.equal(reply.broken, false);
    assert.equal(piecesOf(reply, wire).length, 2);
    assert.equal(await kindOf(ask(url, wire)), "interrupted");
  });

  test(`${wire}: no_done leaves out the last piece alone`, async (t) => {
    const whole = await askRaw((await faulty(t, { headers: { "x-a": "b" } })).url, wire);
    const short = await askRaw((await faulty(t, { no_done: true })).url, wire);
    assert.equal(whole.headers["x-a"], "b");
    assert.equal(short.broken, false);
    assert.equal(piecesOf(short, wire).length, piecesOf(whole, wire).length - 1);
  });

  test(`${wire}: malformed_after puts broken JSON between the pieces`, async (t) => {
    const { url } = await faulty(t, { malformed_after: 2, content_type: "text/x-odd" });
    const reply = await askRaw(url, wire);
    assert.equal(reply.headers["content-type"], "text/x-odd");
    assert.match(piecesOf(reply, wire)[2] ?? "", wire === "bedrock-converse" ? /^\0\0\0\x10\0{12}$/ : /\{"broken": $/);
    assert.ok(piecesOf(reply, wire).length > 4, "the answer goes on");
    assert.equal(await kindOf(ask(url, wire)), "bad-response");
  });

  test(`${wire}: stall_after keeps the connection open and silent`, async (t) => {
    const simulator = await faulty(t, { stall_after: 2 });
    const reply = askRaw(simulator.url, wire);
    await until(() => simulator.requests[0]?.pieces === 2);
    assert.equal(await Promise.race([reply.then(() => "over"), new Promise((resolve) => setTimeout(() => resolve("open"), 60))]), "open");
    await simulator.close();
    assert.equal((await reply).broken, true);
  });

  test(`${wire}: an answer that is not streamed can be cut too`, async (t) => {
    const { url } = await faulty(t, { cut_after: 1 });
    const reply = await askRaw(url, wire, { stream: false });
    assert.equal(reply.broken, true);
    assert.equal(reply.text.length, 64);
  });
}

test("close_before_headers gives no answer", async (t) => {
  const { url, requests } = await faulty(t, { close_before_headers: true }, { headers_ms: 1 });
  const reply = await askRaw(url, "openai-chat");
  assert.deepEqual([reply.status, reply.broken, requests[0]?.status], [0, true, null]);
});

test("cut_after 0 gives headers alone", async (t) => {
  const reply = await askRaw((await faulty(t, { cut_after: 0 })).url, "openai-chat");
  assert.deepEqual([reply.status, reply.text, reply.broken], [200, "", true]);
});

test("a body takes the answer's place: text as it is, anything else as JSON", async (t) => {
  const page = await askRaw((await faulty(t, { status: 502, body: "<html>", content_type: "text/html" })).url, "openai-chat");
  assert.deepEqual([page.status, page.text, page.headers["content-type"]], [502, "<html>", "text/html"]);
  const json = await askRaw((await faulty(t, { body: { error: { code: "odd" } } })).url, "openai-chat");
  assert.deepEqual([json.status, JSON.parse(json.text)], [200, { error: { code: "odd" } }]);
});

test("a pace only delays", async (t) => {
  const { url } = await faulty(t, {}, { headers_ms: 5, first_ms: 5, between_ms: 1, chunk_chars: 3 });
  assert.equal(textOf((await ask(url, "openai-chat")).message), "The quick brown fox jumps over the lazy dog.");
});

test("a client that leaves during a long delay is noticed", async (t) => {
  const simulator = await faulty(t, {}, { first_ms: 300_000 });
  const body = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] });
  const abort = new AbortController();
  const leaving = fetch(`${simulator.url}/v1/chat/completions`, { method: "POST", body, signal: abort.signal }).then((reply) =>
    reply.text(),
  );
  await until(() => simulator.requests[0]?.step === 0);
  abort.abort();
  await assert.rejects(leaving);
  await until(() => simulator.requests[0]?.outcome !== null);
  assert.equal(simulator.requests[0]?.outcome, "left");
  assert.equal((await call(simulator.url, { method: "GET" })).status, 200);
});
