import { join } from "node:path";
import { asArray, isObject, parseJson } from "#base/json.ts";
import type { Bench, Place } from "#bench/bench.ts";
import { runTimed, startServer, type Command } from "#bench/child.ts";
import { isReady } from "#providers/ready.ts";
import type { Provider } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";

const REPETITIONS = 9;
const PROVIDERS = 30;
const MODELS = 200;

export const models: Bench = {
  name: "models",
  title: "Listing models",
  note:
    `Wall time of a whole \`factory models --json\`: ${PROVIDERS} providers have a key and each answers with ${MODELS} models after 300 ms. They ` +
    "are simulated: every HTTPS call goes to one server on this machine, so there are no TLS handshakes. The second line finds the lists " +
    "that the first one kept.",
  async measure(place) {
    const { root, node, env } = place;
    const server = await startServer({ program: node, args: ["bench/list-server.ts"], cwd: root, env });
    try {
      const asked: number[] = [];
      const kept: number[] = [];
      // The first round fills the caches of the disk and of the compiler.
      for (let round = -1; round < REPETITIONS; round++) {
        const command = commandIn(place, { server: server.url, home: `models-${round}` });
        const [first, second] = [timeOf(command, "provider"), timeOf(command, "kept")];
        if (round < 0) continue;
        asked.push(first);
        kept.push(second);
      }
      return [
        { what: `${PROVIDERS} providers, asked`, unit: "ms", samples: asked, base: asked, goal: { atMost: 1500, of: "median" } },
        { what: `${PROVIDERS} providers, lists kept`, unit: "ms", samples: kept, base: asked },
      ];
    } finally {
      await server.close();
    }
  },
};

/** A home of its own, so that no list is kept there yet. */
function commandIn({ root, folder, node, env }: Place, { server, home }: { readonly server: string; readonly home: string }): Command {
  return {
    program: node,
    args: ["--import", join(root, "bench", "to-loopback.js"), "src/cli/main.js", "models", "--json"],
    cwd: root,
    env: { ...env, ...keys(), FACTORY_HOME: join(folder, home), BENCH_SERVER: server },
  };
}

/** Keys for so many providers that may be asked; some of them share a key. */
function keys(): Readonly<Record<string, string>> {
  const asked = allProviders().filter(isAsked);
  const env: Record<string, string> = {};
  for (const { row } of asked) {
    const [name] = row.auth.scheme === "bearer" ? row.auth.env : [];
    if (name !== undefined) env[name] = "bench";
    if (asked.filter((provider) => isReady(provider, env)).length >= PROVIDERS) return env;
  }
  throw new Error(`there are only ${asked.length} providers that list their models in the usual form`);
}

/** Whether it lists its models in the form that the server of this bench has, at an address that needs nothing filled in. */
function isAsked({ row: { kind, wire, auth, baseUrl, discover = { by: "asked" } } }: Provider): boolean {
  const usual = discover.by === "asked" && (discover.keep ?? []).every(({ required }) => required !== true);
  return usual && kind !== "local" && wire === "openai-chat" && auth.scheme === "bearer" && !baseUrl.includes("${");
}

/** Runs the command and gives its time in ms. Fails where a list is missing or short. */
function timeOf(command: Command, origin: "provider" | "kept"): number {
  const { ms, stdout } = runTimed(command);
  const lists = (asArray(parseJson(stdout)) ?? []).filter((list) => isObject(list) && list["origin"] === origin);
  const whole = lists.filter((list) => isObject(list) && asArray(list["models"])?.length === MODELS);
  if (whole.length < PROVIDERS) throw new Error(`${whole.length} of ${PROVIDERS} lists came (${origin}): ${stdout.slice(0, 500)}`);
  return ms;
}
