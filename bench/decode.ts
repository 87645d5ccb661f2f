import type { Bench, Goal, Line, Place } from "#bench/bench.ts";
import { runTimed, startServer } from "#bench/child.ts";
import { prepareStream, TEXT_EVENTS, type StreamName } from "#bench/streams.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

const ROUNDS = 7;

export const decode: Bench = {
  name: "decode",
  title: "Decoding",
  note:
    "CPU time (user and system, all threads) of a process that asks again and again, one request at a time, over HTTP on this machine: the " +
    "whole way through `openModel` and through each peer, on the same bytes, after a warm-up. `ai-sdk` is the AI SDK's package of that wire " +
    "(ollama-ai-provider-v2 for Ollama). A text has 204 events and is counted per event; a call has 100 KB of arguments in about 4,085 " +
    "deltas (whole where the wire sends it so: Gemini, Ollama) and is counted whole. The server writes 4 KB at a time or, where it says so, " +
    "one event at a time; then reading the socket is most of the cost. Ratios are to ours; ≥ 1.67 × means ours costs at most 0.6 × of it.",
  async measure({ root, node, env, peers }) {
    const server = await startServer({ program: node, args: ["bench/replay-server.ts"], cwd: root, env });
    const cases = CASES.filter(({ client }) => client === "factory" || peers !== null);
    try {
      const samples = cases.map((): number[] => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [at, each] of cases.entries()) samples[at]?.push(cpuMs(each, { url: server.url, root, node, env }));
      }
      return cases.map((each, at) => lineOf(each, samples[at] ?? [], samples[cases.findIndex((ours) => isOursOf(ours, each))] ?? []));
    } finally {
      await server.close();
    }
  },
};

type Case = {
  /** `factory`, or a file of bench/peers. */
  readonly client: string;
  readonly stream: StreamName;
  /** Bytes a write, or `event`. */
  readonly piece: "4096" | "event";
  readonly goal?: Goal;
};

/** The AI SDK's package of a wire may take no less than this many times of ours: ours is to cost at most 0.6 of it. */
const PEER_AT_LEAST: Goal = { atLeast: 1.67, of: "ratio" };

/** In the unit of the stream's line. */
const OURS_AT_MOST: Readonly<Partial<Record<StreamName, number>>> = { "openai-chat-text": 6, "openai-chat-tool": 30 };

const CASES: readonly Case[] = [
  ...WIRE_NAMES.flatMap((wire) => [...casesOf(`${wire}-text`), ...casesOf(`${wire}-tool`)]),
  { client: "factory", stream: "openai-chat-text", piece: "event" },
  { client: "openai", stream: "openai-chat-text", piece: "event" },
  { client: "ai-sdk", stream: "openai-chat-text", piece: "event" },
];

function casesOf(stream: StreamName): readonly Case[] {
  const atMost = OURS_AT_MOST[stream];
  return [
    { client: "factory", stream, piece: "4096", ...(atMost === undefined ? {} : { goal: { atMost, of: "median" } }) },
    ...(stream.startsWith("openai-chat-") ? [{ client: "openai", stream, piece: "4096" } as const] : []),
    { client: "ai-sdk", stream, piece: "4096", goal: PEER_AT_LEAST },
  ];
}

/** Requests before the measured ones, and measured ones. */
const countsFor = (events: number): readonly [warm: number, count: number] => (events > 1000 ? [10, 30] : [100, 300]);

const isTool = (stream: StreamName): boolean => stream.endsWith("-tool");

const isOursOf = (ours: Case, { stream, piece }: Case): boolean =>
  ours.client === "factory" && ours.stream === stream && ours.piece === piece;

function cpuMs(
  { client, stream, piece }: Case,
  { url, root, node, env }: Pick<Place, "root" | "node" | "env"> & { readonly url: string },
): number {
  const [warm, count] = countsFor(prepareStream(stream).starts.length);
  const args = ["bench/decode-client.ts", client, stream, `${url}/${stream}/${piece}`, String(warm), String(count)];
  const { stdout } = runTimed({ program: node, args, cwd: root, env });
  const answer: unknown = JSON.parse(stdout);
  if (typeof answer === "object" && answer !== null && "cpuMs" in answer && typeof answer.cpuMs === "number") return answer.cpuMs;
  throw new Error(`the client for ${client} printed ${stdout.slice(0, 200)}`);
}

function lineOf({ client, stream, piece, goal }: Case, samples: readonly number[], base: readonly number[]): Line {
  const events = isTool(stream) ? 1 : TEXT_EVENTS / 1000;
  const per = (values: readonly number[]) => values.map((ms) => ms / events);
  return {
    what: `${stream}${piece === "event" ? ", an event a write" : ""}: ${client}`,
    unit: isTool(stream) ? "ms" : "µs",
    samples: per(samples),
    base: per(base),
    ...(goal === undefined ? {} : { goal }),
  };
}
