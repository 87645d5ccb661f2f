import type { Peers } from "#bench/peers.ts";

/** One bench: what it measures and how. */
export type Bench = {
  readonly name: string;
  readonly title: string;
  /** What is compared with what, and what a reader must know to judge it. */
  readonly note: string;
  measure(place: Place): Promise<readonly Line[]>;
};

/** What benches may use. */
export type Place = {
  /** The project's folder. */
  readonly root: string;
  /** An empty folder of this run, removed at its end. */
  readonly folder: string;
  /** The Node that `./factory` starts; peers run on it too. */
  readonly node: string;
  /** The environment of what is measured: a home of its own, no key of the user. */
  readonly env: Readonly<Record<string, string>>;
  /** Null where they are not installed and cannot be. */
  readonly peers: Peers | null;
};

/** One measured thing. Repetitions of the lines of a table are interleaved, so that a busy moment hits all of them. */
export type Line = {
  readonly what: string;
  readonly unit: "ms" | "MB" | "µs";
  readonly samples: readonly number[];
  /** What the ratio is taken to: samples of the same run and unit. */
  readonly base?: readonly number[];
  readonly goal?: Goal;
};

/** The most that the median may be, or its ratio to the base; the least that a peer's ratio to ours may be. */
export type Goal = { readonly atMost: number; readonly of: "median" | "ratio" } | { readonly atLeast: number; readonly of: "ratio" };
