import { resolve } from "node:path";
import type { Around } from "#app/find-target.ts";
import type { Surroundings } from "#cli/command.ts";
import { tell } from "#cli/report-error.ts";

type Given = {
  readonly config?: string;
  readonly trust?: boolean;
  readonly json?: boolean;
  readonly output?: string;
  readonly quiet?: boolean;
};

/** What finding a model needs of the outside world, with the options that say where the configuration is and whether anybody is asked. */
export const aroundOf = (
  { config, trust, json, output = "text", quiet }: Given,
  around: Surroundings,
  cwd: string = around.cwd,
): Required<Pick<Around, "warn">> & Around => ({
  env: around.env,
  cwd,
  signal: around.signal,
  configFile: config === undefined ? undefined : resolve(around.cwd, config),
  trust,
  askTrust: async (untrusted) => {
    if (json === true || quiet === true || output !== "text") return undefined;
    const { askTrust } = await import("#cli/ask-trust.ts");
    return askTrust(untrusted, around);
  },
  learnSecret: (secret) => around.secrets.add(secret),
  warn: (message) => tell({ message }, around),
});
