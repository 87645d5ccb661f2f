import { UsageError } from "#base/usage-error.ts";
import { ModelError } from "#model/error.ts";
import { listModels } from "#providers/discover.ts";
import { findProvider } from "#providers/find.ts";
import type { Target } from "#providers/resolve.ts";
import { findAgentPrograms, type AgentProgram } from "#app/agent-programs.ts";
import type { Env } from "#app/home.ts";
import { keyedTargets, targetOf } from "#app/keyed-targets.ts";
import { findLocalServers, type LocalServer } from "#app/local-servers.ts";
import { openUserVault } from "#app/open-vault.ts";

/** Somewhere that a task can be sent to. `from`: the variable, the vault's label or the address. `models` is null where nobody was asked. */
export type Way = { readonly name: string; readonly from: string; readonly target: Target; readonly models: readonly string[] | null };

/** What a machine has for a first task. */
export type FirstLook = {
  readonly keys: readonly Way[];
  readonly logins: readonly Way[];
  readonly servers: readonly Way[];
  /** Found, but of no use as it is: why, in one sentence each. */
  readonly broken: readonly string[];
  readonly agents: readonly Omit<AgentProgram, "version">[];
};

export type Looking = { readonly env: Env; readonly cwd: string; readonly signal: AbortSignal };

/** How long this machine's own servers are waited for, in ms. */
const LOOK_MS = 1500;

/** Looks at the environment, the vault, this machine's servers and the PATH. Nothing is sent to anybody else. */
export async function takeFirstLook(looking: Looking): Promise<FirstLook> {
  const { env, cwd, signal } = looking;
  const keyed = keyedTargets(env);
  const usable = keyed.flatMap(({ provider, variable, target }) =>
    target instanceof UsageError || target.keyProblem !== null ? [] : [{ name: provider.row.name, from: variable, target, models: null }],
  );
  const [kept, { servers, mistakes }] = await Promise.all([
    keptWays(looking),
    findLocalServers(env, AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)])),
  ]);
  return {
    keys: [...usable, ...kept.filter(({ kind }) => kind === "key")],
    logins: kept.filter(({ kind }) => kind === "login"),
    servers: servers.filter(({ models }) => models.length > 0).map(toWay),
    broken: [
      ...keyed.flatMap(({ target }) =>
        target instanceof UsageError ? [target.message] : target.keyProblem === null ? [] : [target.keyProblem.message],
      ),
      ...servers.flatMap((server) => brokenServer(server)),
      ...mistakes.map(({ message }) => message),
    ],
    agents: findAgentPrograms({ platform: process.platform, path: env["PATH"] ?? "", cwd }),
  };
}

const toWay = ({ name, target, models }: LocalServer): Way => ({ name, from: new URL(target.baseUrl).host, target, models });

function brokenServer({ name, target, models, problem }: LocalServer): readonly string[] {
  if (problem !== null) return [problem.message];
  return models.length > 0 ? [] : [`${name} at ${new URL(target.baseUrl).host} runs, but has no model yet`];
}

/** What the vault keeps for providers that are known. A vault that cannot be read hides nothing else. */
async function keptWays({ env, signal }: Looking): Promise<readonly (Way & { readonly kind: "key" | "login" })[]> {
  try {
    const entries = await openUserVault({ env, signal, warn: () => undefined }).vault.list();
    return entries.flatMap(({ provider: slug, label, kind }) => {
      const provider = findProvider(slug);
      const target = provider === undefined ? undefined : targetOf(provider, env);
      if (provider === undefined || target === undefined || target instanceof UsageError) return [];
      return [{ name: provider.row.name, from: `vault, “${label}”`, target, models: null, kind }];
    });
  } catch (error) {
    if (error instanceof UsageError) return [];
    throw error;
  }
}

/** How long a provider's list is waited for, in ms. */
const LIST_MS = 3000;

/** The models to choose from; the reason where the provider does not tell. */
export async function modelsOf({ target, models }: Way, signal: AbortSignal): Promise<readonly string[] | ModelError> {
  if (models !== null) return models;
  try {
    return await listModels(target, AbortSignal.any([signal, AbortSignal.timeout(LIST_MS)]));
  } catch (error) {
    if (error instanceof ModelError) return error;
    throw error;
  }
}
