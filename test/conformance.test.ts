import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import type { StreamEvent } from "#model/event.ts";
import { modelId, providerId } from "#model/ids.ts";
import { UNKNOWN_FACTS, type Model } from "#model/model.ts";
import { readBody } from "#simulator/read-body.ts";
import { CASES, readCell, type Answered, type Asked, type Cell, type Step } from "#test/conformance-cells.ts";
import { DEFAULT_LIMITS, httpModel } from "#wires/http-model.ts";
import { loadWire } from "#wires/load-wire.ts";
import { WIRE_NAMES, type WireName } from "#wires/wire.ts";

/** Every wire passes every case of the table: what is asked, byte for byte what is answered, and the events that it means. */

/** Stands in the refusals too, as some servers repeat it. */
const KEY = "sk-conformance-0123456789abcdef";
const RECUTS = 20;
/** No test waits longer than this for its peer, in ms. */
const LIMIT_MS = 20_000;
/** Replays the cuts of a failure. */
const SEED = Number(process.env["FACTORY_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

for (const wire of WIRE_NAMES) {
  for (const each of CASES) {
    test(`${wire} × ${each.name}`, { timeout: 2 * LIMIT_MS }, async (t) => {
      const cell = readCell(wire, each);
      switch (each.answer) {
        case "streamed":
          await checkOverHttp(t, wire, cell);
          await checkCuts(wire, cell);
          return;
        case "whole":
          await checkEncoded(wire, cell.asked);
          await checkCuts(wire, cell);
          return;
        case "refused":
          await checkOverHttp(t, wire, cell);
          return;
        case "left":
          await checkLeft(t, wire, cell);
          return;
      }
    });
  }
}

/** The request arrives as it should, and its answer gives the events. */
async function checkOverHttp(t: TestContext, wire: WireName, { asked, answered, steps }: Cell): Promise<void> {
  const peer = await startPeer(t, answered, (response) => response.end(answered.bytes));
  const seen: Step[] = [];
  const error = await failureOf(async () => {
    for await (const event of modelAt(peer.url, wire, asked).stream(asked.request, AbortSignal.timeout(LIMIT_MS))) seen.push(event);
  });
  assert.deepEqual(peer.calls, [asked.http]);
  assert.doesNotMatch(error?.message ?? "", new RegExp(KEY));
  assert.deepEqual([...seen, ...stepOf(error, steps.at(-1))], steps);
}

/** The caller who leaves in the middle ends the call at the server. */
async function checkLeft(t: TestContext, wire: WireName, { asked, answered, steps }: Cell): Promise<void> {
  const closed = Promise.withResolvers<void>();
  const peer = await startPeer(t, answered, (response) => {
    response.on("close", () => closed.resolve());
    response.write(answered.bytes);
  });
  const seen: Step[] = [];
  const stop = new AbortController();
  const error = await failureOf(async () => {
    for await (const event of modelAt(peer.url, wire, asked).stream(asked.request, stop.signal)) {
      seen.push(event);
      if (seen.length === steps.length - 1) stop.abort();
    }
  });
  await closed.promise;
  assert.deepEqual([...seen, ...stepOf(error, steps.at(-1))], steps);
}

/** A whole answer is not asked over HTTP by us: the request is looked at where it is made. */
async function checkEncoded(name: WireName, { target, request, http }: Asked): Promise<void> {
  const wire = await loadWire(name);
  const { pathname, search } = new URL(wire.url("http://127.0.0.1", target));
  const { headers, body } = wire.encodeRequest(request, target);
  assert.deepEqual({ method: "POST", path: pathname + search, headers, body: JSON.parse(body) }, http);
}

async function checkCuts(name: WireName, { answered: { bytes }, steps }: Cell): Promise<void> {
  const wire = await loadWire(name);
  const decode = async (pieces: readonly Uint8Array[]): Promise<readonly Step[]> => {
    const seen: StreamEvent[] = [];
    const error = await failureOf(() => {
      const decoder = wire.decodeEvents();
      for (const piece of pieces) seen.push(...decoder.push(piece));
      seen.push(...decoder.end());
    });
    return [...seen, ...stepOf(error, steps.at(-1))];
  };
  assert.deepEqual(await decode([bytes]), steps, "in one piece");
  assert.deepEqual(await decode(Array.from(bytes, (byte) => Uint8Array.of(byte))), steps, "byte by byte");
  for (let round = 0; round < RECUTS; round += 1) {
    assert.deepEqual(await decode(cut(bytes, SEED + round)), steps, `cut ${round}; FACTORY_TEST_SEED=${SEED} replays it`);
  }
}

/** The bytes cut at up to ten places, which the seed tells. */
function cut(bytes: Uint8Array, seed: number): readonly Uint8Array[] {
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const places = Array.from({ length: 1 + next(10) }, () => next(bytes.length + 1)).sort((left, right) => left - right);
  return [0, ...places].map((from, at) => bytes.slice(from, places[at] ?? bytes.length));
}

async function failureOf(work: () => Promise<void> | void): Promise<ModelError | undefined> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error;
  }
  return undefined;
}

/** The failure as a step, with those of its members that the wanted one names. */
function stepOf(error: ModelError | undefined, wanted: Step | undefined): readonly Step[] {
  if (error === undefined) return [];
  const { status, retryAfterMs } = error.details;
  const members = { message: error.message, status, retryAfterMs };
  const named = Object.entries(members).filter(([name, value]) => (wanted !== undefined && name in wanted) || isWait(name, value));
  return [{ type: "error", kind: error.kind, ...Object.fromEntries(named) }];
}

/** A wait that nobody wanted is a difference. */
const isWait = (name: string, value: unknown): boolean => name === "retryAfterMs" && value !== undefined;

type Peer = { readonly url: string; readonly calls: readonly Asked["http"][] };

/** A server that keeps what it is asked and lets `answer` write the body. */
async function startPeer(t: TestContext, answered: Answered, answer: (response: ServerResponse) => void): Promise<Peer> {
  const calls: Asked["http"][] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request);
      const { method = "", url = "", headers } = request;
      calls.push({ method, path: url, headers: ownHeaders(headers), body: JSON.parse(body) });
      answer(response.writeHead(answered.status, answered.headers));
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`, calls };
}

/** Headers of the transport, and the key. */
const FOREIGN: ReadonlySet<string> = new Set(["host", "connection", "content-length", "accept-encoding", "authorization"]);

const ownHeaders = (headers: IncomingHttpHeaders): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (FOREIGN.has(name) ? [] : [[name, String(value)]])));

const modelAt = (baseUrl: string, wire: WireName, { target }: Asked): Model =>
  httpModel({
    provider: providerId("peer"),
    providerName: "Peer",
    model: modelId(target.model),
    facts: UNKNOWN_FACTS,
    wire,
    baseUrl,
    headers: { authorization: `Bearer ${KEY}` },
    quirks: target.quirks,
    limits: { ...DEFAULT_LIMITS, totalMs: LIMIT_MS },
    secrets: [KEY],
    clock: systemClock,
  });
