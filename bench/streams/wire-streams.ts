/** How one wire streams the benches' answers: each function gives one item an event, as the bytes or the text that is sent for it. */
export type WireStreams = {
  readonly contentType: string;
  /** How many events of a text hold none of its words. */
  readonly framing: number;
  readonly text: (words: readonly string[]) => readonly (string | Uint8Array)[];
  /** A call of `write`; `pieces` are its arguments as JSON, cut. Wires that send a call whole join them. */
  readonly tool: (pieces: readonly string[]) => readonly (string | Uint8Array)[];
};

export const BENCH_MODEL = "bench-2026-01-01";

/** Unix seconds at which every answer was made. */
export const CREATED = 1_790_000_000;
