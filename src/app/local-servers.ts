import { UsageError } from "#base/usage-error.ts";
import { ModelError, withDetails, type ErrorKind } from "#model/error.ts";
import { listModels } from "#providers/discover.ts";
import type { Env } from "#providers/keys.ts";
import type { Target } from "#providers/resolve.ts";
import { allProviders } from "#providers/rows.ts";
import { targetOf } from "#app/keyed-targets.ts";

/** A model server on this machine, or at the address that the user set for one. */
export type LocalServer = {
  /** As people write it; several names where several servers use the same address. */
  readonly name: string;
  readonly target: Target;
  readonly models: readonly string[];
  /** Why it does not do, where it does not. */
  readonly problem: ModelError | null;
};

export type LocalSearch = { readonly servers: readonly LocalServer[]; readonly mistakes: readonly UsageError[] };

/** Asks the usual addresses of all local servers at once. `mistakes`: variables that hold no address. Never throws but for the signal. */
export async function findLocalServers(env: Env, signal: AbortSignal): Promise<LocalSearch> {
  const mistakes: UsageError[] = [];
  const byAddress = new Map<string, { readonly names: string[]; readonly target: Target }>();
  for (const provider of allProviders().filter(({ row }) => row.kind === "local")) {
    const target = targetOf(provider, env);
    if (target instanceof UsageError) {
      mistakes.push(target);
      continue;
    }
    const known = byAddress.get(target.baseUrl);
    if (known === undefined) byAddress.set(target.baseUrl, { names: [provider.row.name], target });
    else known.names.push(provider.row.name);
  }
  const asked = await Promise.all([...byAddress.values()].map(({ names, target }) => ask(names.join(" or "), target, signal)));
  return { servers: asked.filter((server) => server !== undefined), mistakes };
}

async function ask(name: string, target: Target, signal: AbortSignal): Promise<LocalServer | undefined> {
  try {
    return { name, target, models: await listModels(target, signal), problem: null };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    // Anything may listen on a usual port; at an address that the user set, silence is news too.
    const wanted = target.baseUrl !== target.row.baseUrl || OF_A_MODEL_SERVER.has(error.kind);
    return wanted ? { name, target, models: [], problem: howToStart(error, target) } : undefined;
  }
}

/** Where nothing answers, the advice is how that server is started. */
const howToStart = (error: ModelError, { row }: Target): ModelError =>
  error.kind === "network" && row.startHint !== undefined ? withDetails(error, { advice: row.startHint }) : error;

const OF_A_MODEL_SERVER: ReadonlySet<ErrorKind> = new Set(["auth", "permission"]);
