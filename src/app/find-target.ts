import { UsageError } from "#base/usage-error.ts";
import type { Loaded } from "#config/load.ts";
import { mainRoute, workRoute, type Route, type Work } from "#config/main-route.ts";
import { parseRef } from "#model/ref.ts";
import { choose, type Choice, type Wish } from "#providers/choose.ts";
import { requireProvider } from "#providers/find.ts";
import type { KeptKey } from "#providers/keys.ts";
import { isReady } from "#providers/ready.ts";
import { targetOf, type Target } from "#providers/resolve.ts";
import type { Provider } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";
import { customProvider } from "#providers/rows/custom.ts";
import type { WireName } from "#wires/wire.ts";
import { keptInVault, providersInVault } from "#app/kept-in-vault.ts";
import { requireSettings, type SettingsAround } from "#app/load-settings.ts";
import { configuredKeys, keyExtras, ownNames, settingsFor } from "#app/own-names.ts";

/** Which model: all that the flags can say. What is wanted for counts where none of them names a model or provider. */
export type ModelChoice = Work & {
  readonly ref?: string | undefined;
  readonly provider?: string | undefined;
  /** Beside `ref` where that is `custom:<url>`. */
  readonly model?: string | undefined;
  /** Replaces the provider's base URL. */
  readonly host?: string | undefined;
  readonly token?: string | undefined;
  /** Replaces the provider's wire. */
  readonly wire?: WireName | undefined;
};

export type Around = SettingsAround & {
  readonly signal: AbortSignal;
  /** Told of each key that is found, so that no later message shows it. */
  readonly learnSecret?: ((secret: string) => void) | undefined;
};

/**
 * From what was asked for to the target, by the user's configuration, keys and logins. Throws `UsageError`. A missing key is no error here
 * but the target's `keyProblem`.
 */
export async function findTarget(choice: ModelChoice, around: Around): Promise<Target> {
  const loaded = await requireSettings(around);
  const { config } = loaded;
  const wish = { ...choice, env: around.env, defaults: lazily(mainRoute(loaded)), own: ownNames(config) };
  const isNamed = [choice.ref, choice.model, choice.provider].some((each) => each !== undefined);
  const route = isNamed ? undefined : workRoute(config, choice);
  const chosen = route === undefined ? choose(wish) : chooseFor(route, wish);
  const kept = await keptKeys(chosen, loaded, { ...around, token: choice.token });
  const env = { ...keyExtras(config, chosen), ...around.env };
  return learned(targetOf(chosen, { ...wish, env, kept, settings: settingsFor(config, chosen) }), around);
}

/** A variable that is not set hurts only who needs it. */
const lazily = ({ provider, model }: Route): NonNullable<Wish["defaults"]> => ({
  get provider() {
    return provider?.value() || undefined;
  },
  get model() {
    return model?.value() || undefined;
  },
});

/** A model that stands alone is read like one that a user names; with a provider beside it, it is that one's. */
function chooseFor({ from, ...route }: Route & { readonly from: string }, wish: Wish): Choice {
  if (route.provider !== undefined) return { ...choose({ ...wish, defaults: lazily(route) }), rule: `${from}, with its provider` };
  const chosen = choose({ ...wish, ref: route.model?.value() });
  return { ...chosen, rule: `${from}; ${chosen.rule}` };
}

/** A provider, the user's own servers included, for questions about no certain model. Throws `UsageError`. */
export async function findProviderTarget(name: string, flags: Pick<ModelChoice, "host" | "token">, around: Around): Promise<Target> {
  const loaded = await requireSettings(around);
  return providerTarget(ownNames(loaded.config).endpoint(name)?.provider ?? namedProvider(name), flags, { ...around, loaded });
}

/**
 * Every provider that has a key here, wherever it is kept, the servers of this machine and the user's own. One whose address lacks a variable
 * is told of and left out.
 */
export async function readyTargets(around: Around): Promise<readonly Target[]> {
  const loaded = await requireSettings(around);
  const own = ownNames(loaded.config);
  const endpoints = loaded.config.endpoints.flatMap(({ label }) => own.endpoint(label)?.provider ?? []);
  const inVault = await providersInVault(around);
  const hasKey = (provider: Provider) =>
    isReady(provider, around.env) ||
    inVault.has(provider.slug) ||
    configuredKeys(loaded.config, { provider, ref: null, rule: "", model: null }).length > 0;
  const ready = allProviders().filter((provider) => provider.row.kind === "local" || hasKey(provider));
  const targets = await Promise.all(
    [...endpoints, ...ready].map((provider) =>
      providerTarget(provider, {}, { ...around, loaded }).catch((error: unknown) => {
        if (!(error instanceof UsageError)) throw error;
        around.warn?.(`${provider.slug}: ${error.message}. ${error.advice}`);
        return [];
      }),
    ),
  );
  return targets.flat();
}

/** A URL is an endpoint of the user's. */
function namedProvider(name: string): Provider {
  const ref = /^(anthropic-)?custom:/.test(name) ? parseRef(name) : undefined;
  return ref?.kind === "url" ? customProvider(ref.scheme, ref.url) : requireProvider(name);
}

async function providerTarget(
  provider: Provider,
  flags: Pick<ModelChoice, "host" | "token">,
  around: Around & { readonly loaded: Loaded },
): Promise<Target> {
  const chosen: Choice = { provider, ref: null, rule: "named", model: null };
  const { config } = around.loaded;
  const kept = await keptKeys(chosen, around.loaded, { ...around, token: flags.token });
  const env = { ...keyExtras(config, chosen), ...around.env };
  return learned(targetOf(chosen, { ...flags, env, kept, settings: settingsFor(config, chosen) }), around);
}

function learned(target: Target, { learnSecret }: Around): Target {
  if (target.key !== null) learnSecret?.(target.key.value);
  return target;
}

/** The vault is opened only where nothing stronger has a key: it may have to ask the system's keychain. */
async function keptKeys(
  chosen: Choice,
  { config }: Loaded,
  around: Around & { readonly token: string | undefined },
): Promise<readonly KeptKey[]> {
  const configured = configuredKeys(config, chosen);
  const { auth } = chosen.provider.row;
  const stronger = [around.token, ...(auth.scheme === "none" ? [] : auth.env.map((name) => around.env[name]))];
  if (configured.length > 0 || stronger.some((text) => text !== undefined && text.trim() !== "")) return configured;
  return keptInVault(chosen.provider.slug, around);
}
