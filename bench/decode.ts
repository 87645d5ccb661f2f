import type { Bench, Goal, Line, Place } from "#bench/bench.ts";
import { runTimed, startServer } from "#bench/child.ts";
import { prepareStream, type StreamName } from "#bench/streams.ts";

const ROUNDS = 7;

export const decode: Bench = {
  name: "decode",
  title: "Decoding",
  note:
    "CPU time (user and system, all threads) of a process that asks again and again, one request at a time, over HTTP on this machine: the " +
    "whole way through `openModel` and through each peer, on the same bytes, after a warm-up. A text has 204 events and is counted per " +
    "event; a call has 100 KB of arguments in about 4,085 deltas and is counted whole. The server writes 4 KB at a time or, where it says " +
    "so, one event at a time; then reading the socket is most of the cost. Ratios are to ours.",
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

const CASES: readonly Case[] = [
  { client: "factory", stream: "chat-text", piece: "4096", goal: { atMost: 6, of: "median" } },
  { client: "openai", stream: "chat-text", piece: "4096" },
  { client: "ai-sdk", stream: "chat-text", piece: "4096" },
  { client: "factory", stream: "chat-text", piece: "event" },
  { client: "openai", stream: "chat-text", piece: "event" },
  { client: "ai-sdk", stream: "chat-text", piece: "event" },
  { client: "factory", stream: "messages-text", piece: "4096" },
  { client: "factory", stream: "ollama-text", piece: "4096" },
  { client: "factory", stream: "chat-tool", piece: "4096", goal: { atMost: 30, of: "median" } },
  { client: "openai", stream: "chat-tool", piece: "4096" },
  { client: "ai-sdk", stream: "chat-tool", piece: "4096" },
  { client: "factory", stream: "messages-tool", piece: "4096" },
];

/** Requests before the measured ones, and measured ones. */
const COUNTS: Readonly<Record<"text" | "tool", readonly [warm: number, count: number]>> = { text: [100, 300], tool: [10, 30] };

const isTool = (stream: StreamName): boolean => stream.endsWith("-tool");

const isOursOf = (ours: Case, { stream, piece }: Case): boolean =>
  ours.client === "factory" && ours.stream === stream && ours.piece === piece;

function cpuMs(
  { client, stream, piece }: Case,
  { url, root, node, env }: Pick<Place, "root" | "node" | "env"> & { readonly url: string },
): number {
  const [warm, count] = COUNTS[isTool(stream) ? "tool" : "text"];
  const args = ["bench/decode-client.ts", client, stream, `${url}/${stream}/${piece}`, String(warm), String(count)];
  const { stdout } = runTimed({ program: node, args, cwd: root, env });
  const answer: unknown = JSON.parse(stdout);
  if (typeof answer === "object" && answer !== null && "cpuMs" in answer && typeof answer.cpuMs === "number") return answer.cpuMs;
  throw new Error(`the client for ${client} printed ${stdout.slice(0, 200)}`);
}

function lineOf({ client, stream, piece, goal }: Case, samples: readonly number[], base: readonly number[]): Line {
  const events = isTool(stream) ? 1 : prepareStream(stream).starts.length / 1000;
  const per = (values: readonly number[]) => values.map((ms) => ms / events);
  return {
    what: `${stream}${piece === "event" ? ", an event a write" : ""}: ${client}`,
    unit: isTool(stream) ? "ms" : "µs",
    samples: per(samples),
    base: per(base),
    ...(goal === undefined ? {} : { goal }),
  };
}
