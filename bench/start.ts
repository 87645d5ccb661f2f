import { join } from "node:path";
import type { Bench, Line, Place } from "#bench/bench.ts";
import { runTimed, type Command } from "#bench/child.ts";
import { median } from "#bench/figures.ts";

const REPETITIONS = 21;

export const start: Bench = {
  name: "start",
  title: "Start",
  note: "Wall time of a whole process. Ratios are to `node -e 0` on the same Node. `dist` is the bundled package that `npm run build` makes.",
  async measure(place) {
    const commands = commandsOf(place);
    const samples = commands.map((): number[] => []);
    for (let round = -1; round < REPETITIONS; round++) {
      for (const [at, { command }] of commands.entries()) {
        const { ms } = runTimed(command);
        // The first round fills the caches of the disk and of the compiler.
        if (round >= 0) samples[at]?.push(ms);
      }
    }
    const base = samples[0] ?? [];
    const lines = commands.map(({ what, atMost }, at): Line => {
      const line = { what, unit: "ms", samples: samples[at] ?? [], base } as const;
      return atMost === undefined ? line : { ...line, goal: { atMost, of: "ratio" } };
    });
    return [...lines, launcherCost(samples[1] ?? [], samples[2] ?? [])];
  },
};

type Named = { readonly what: string; readonly command: Command; readonly atMost?: number };

function commandsOf({ root, node, env, folder }: Place): readonly Named[] {
  const dist = join(folder, "dist");
  const inRoot = (program: string, args: readonly string[]): Command => ({ program, args, cwd: root, env });
  runTimed(inRoot(process.execPath, ["scripts/build.ts", dist]));
  const launcher = join(root, "factory");
  const main = join(dist, "lib/cli/main.js");
  return [
    { what: "node -e 0", command: inRoot(node, ["-e", "0"]) },
    { what: "./factory --version", command: inRoot(launcher, ["--version"]), atMost: 2 },
    { what: "node src/cli/main.js --version", command: inRoot(node, ["src/cli/main.js", "--version"]) },
    { what: "./factory --help", command: inRoot(launcher, ["--help"]) },
    { what: "./factory explain groq/x", command: inRoot(launcher, ["explain", "groq/x"]) },
    { what: "dist: factory --version", command: inRoot(node, [main, "--version"]) },
    { what: "dist: factory --help", command: inRoot(node, [main, "--help"]) },
  ];
}

/** What the launcher adds; the pairs of a round ran one after the other. */
function launcherCost(launched: readonly number[], direct: readonly number[]): Line {
  const samples = launched.map((ms, at) => ms - (direct[at] ?? median(direct)));
  return { what: "the launcher's own part of --version", unit: "ms", samples, goal: { atMost: 15, of: "median" } };
}
