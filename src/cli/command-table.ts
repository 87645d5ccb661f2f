import type { Command } from "#cli/command.ts";

/** Every command, in the order in which the help lists them; each is loaded when it is run. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  exec: async () => (await import("#cli/commands/exec.ts")).exec,
  demo: async () => (await import("#cli/commands/demo.ts")).demo,
  providers: async () => (await import("#cli/commands/providers.ts")).providers,
  explain: async () => (await import("#cli/commands/explain.ts")).explain,
  wire: async () => (await import("#cli/commands/wire.ts")).wire,
  sim: async () => (await import("#cli/commands/sim.ts")).sim,
};
