import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Line, Place } from "#bench/bench.ts";
import { peakMemoryMb, runTimed, startServer, type Command } from "#bench/child.ts";
import { piProgram } from "#bench/peers.ts";
import type { Scenario, Step } from "#simulator/scenario.ts";

const REPETITIONS = 9;
const MEMORY_REPETITIONS = 3;
const PROMPT = "Run `echo hi` in a shell and tell me what it printed.";
const ANSWER = "It printed hi.";

export const turn: Bench = {
  name: "turn",
  title: "A headless turn",
  note:
    "Wall time and peak memory of a whole process: start, one request answered with a shell call (`echo hi`), the call, a second request " +
    "answered with text, end. The upstream is `factory sim` without delays, the same for all; pi looks for no updates. Memory is the peak resident set of the " +
    "largest process, taken in runs of its own.",
  async measure(place) {
    const { root, folder, node, env } = place;
    const scenario = join(folder, "turn.json");
    writeFileSync(scenario, JSON.stringify(SCENARIO));
    const args = ["src/cli/main.js", "sim", "--listen", "127.0.0.1:0", "--scenario", scenario, "--quiet"];
    const upstream = await startServer({ program: node, args, cwd: root, env });
    try {
      return measureAgents(agentsOf(place, upstream.url));
    } finally {
      await upstream.close();
    }
  },
};

/** Each agent calls its own shell tool; which one it has tells them apart. */
const callOf = (tool: string): Step => ({
  when: { turn: 0, has_tool: tool },
  times: 0,
  pace: { chunk_chars: 4096 },
  reply: { tool_calls: [{ name: tool, arguments: { command: "echo hi" } }] },
});

const SCENARIO: Scenario = {
  name: "one tool call",
  models: [{ id: "bench", context_tokens: 128_000 }],
  steps: [
    callOf("shell"),
    callOf("bash"),
    { when: { turn: 1, last_result: "hi" }, times: 0, pace: { chunk_chars: 4096 }, reply: { text: ANSWER } },
  ],
};

type Agent = { readonly what: string; readonly command: Command; readonly goals?: { readonly ms: number; readonly mb: number } };

function agentsOf(place: Place, url: string): readonly Agent[] {
  const { root, folder, node, env, peers } = place;
  const cwd = join(folder, "project");
  mkdirSync(cwd);
  const task = ["exec", "--auto", "all", "--json", "-m", "sim/bench", "--host", url, PROMPT];
  const dist = join(folder, "turn-dist");
  runTimed({ program: process.execPath, args: ["scripts/build.ts", dist], cwd: root, env });
  const ours: readonly Agent[] = [
    { what: "./factory exec", command: { program: join(root, "factory"), args: task, cwd, env }, goals: { ms: 300, mb: 80 } },
    { what: "dist: factory exec", command: { program: node, args: [join(dist, "lib/cli/main.js"), ...task], cwd, env } },
  ];
  if (peers === null) return ours;
  const flags = ["-p", PROMPT, "--mode", "json", "--provider", "bench", "--model", "bench"];
  const piEnv = { ...env, ...configurePi(folder, url) };
  const version = peers.versions["@earendil-works/pi-coding-agent"] ?? "";
  return [...ours, { what: `pi ${version}`, command: { program: node, args: [piProgram(peers), ...flags], cwd, env: piEnv } }];
}

/** Gives pi our upstream, and keeps it from looking for updates. Returns what its environment needs. */
function configurePi(folder: string, url: string): Readonly<Record<string, string>> {
  const home = join(folder, "pi");
  mkdirSync(home);
  const provider = { baseUrl: `${url}/v1`, api: "openai-completions", apiKey: "$BENCH_KEY", models: [{ id: "bench" }] };
  writeFileSync(join(home, "models.json"), JSON.stringify({ providers: { bench: provider } }));
  return { PI_CODING_AGENT_DIR: home, PI_OFFLINE: "1", PI_SKIP_VERSION_CHECK: "1", PI_TELEMETRY: "0", BENCH_KEY: "none" };
}

function measureAgents(agents: readonly Agent[]): readonly Line[] {
  const times = agents.map((): number[] => []);
  const peaks = agents.map((): number[] => []);
  for (let round = -1; round < REPETITIONS; round++) {
    for (const [at, { what, command }] of agents.entries()) {
      const { ms, stdout } = runTimed(command);
      if (!stdout.includes(ANSWER)) throw new Error(`${what} did not finish the turn: ${stdout.slice(-500)}`);
      // The first round fills the caches of the disk and of the compiler.
      if (round >= 0) times[at]?.push(ms);
    }
  }
  for (let round = 0; round < MEMORY_REPETITIONS; round++) {
    for (const [at, { command }] of agents.entries()) {
      const peak = peakMemoryMb(command);
      if (peak !== undefined) peaks[at]?.push(peak);
    }
  }
  return [
    ...agents.map(({ what, goals }, at) => lineOf(`${what}: time`, "ms", { samples: times[at], base: times[0], atMost: goals?.ms })),
    ...agents.map(({ what, goals }, at) => lineOf(`${what}: peak memory`, "MB", { samples: peaks[at], base: peaks[0], atMost: goals?.mb })),
  ];
}

type Figures = {
  readonly samples: readonly number[] | undefined;
  readonly base: readonly number[] | undefined;
  readonly atMost: number | undefined;
};

function lineOf(what: string, unit: "ms" | "MB", { samples = [], base = [], atMost }: Figures): Line {
  return { what, unit, samples, base, ...(atMost === undefined ? {} : { goal: { atMost, of: "median" } }) };
}
