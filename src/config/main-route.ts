import { UsageError } from "#base/usage-error.ts";
import type { Lazy } from "#config/expand.ts";
import type { Loaded } from "#config/load.ts";
import type { Config } from "#config/schema.ts";
import type { Layer } from "#config/tree.ts";

/** A model and who is asked for it, as the configuration says. `provider` is absent for `auto`. */
export type Route = { readonly model?: Lazy<string>; readonly provider?: Lazy<string> };

/** The kinds of work that may have a model of their own. */
export const ROLES = ["subagent", "vision", "image", "video"] as const;
type Role = (typeof ROLES)[number];

/** The phases of a task. */
export const PHASES = ["spec", "planning", "coding", "qa", "qa_fixer"] as const satisfies readonly (keyof Config["phase_models"])[];
type Phase = (typeof PHASES)[number];

/** What a model is wanted for: the main work, a phase or a role, under a profile. */
export type Work = { readonly phase?: Phase | undefined; readonly role?: Role | undefined; readonly profile?: string | undefined };

/**
 * The model for this work, where the configuration names one for it or for the profile; `from` is the setting. `undefined`: the main one does
 * it. Throws `UsageError` for a profile that is not there.
 */
export function workRoute(
  config: Config,
  { phase, role, profile = config.profile?.value() }: Work,
): (Route & { readonly from: string }) | undefined {
  const { phase_models, route } = phasesOf(config, profile);
  const ownPhase = phase === undefined ? {} : toRoute(phase_models[phase], undefined);
  if (isSet(ownPhase)) return { ...ownPhase, from: `phase_models.${phase}` };
  const ownRole = role === undefined ? {} : roleRoute(config, role);
  if (isSet(ownRole)) return { ...ownRole, from: `agents.defaults.${role}_model` };
  return isSet(route) || route.provider !== undefined ? { ...route, from: `profiles.${profile}` } : undefined;
}

/**
 * The main model: `default_model` with `default_provider`, or `agents.defaults.model` with its provider. Where both are set, the stronger
 * source counts (a variable over a file), and at one strength `default_model`.
 */
export function mainRoute({ config, originOf }: Pick<Loaded, "config" | "originOf">): Route {
  const { model, provider } = config.agents.defaults;
  const rank = (path: string): number => LAYERS.indexOf(originOf(path)?.layer ?? "none");
  const isAgents = rank("agents.defaults.model") > rank("default_model");
  const own = toRoute(config.default_model, config.default_provider);
  const agents = toRoute(model, provider);
  // A provider that stands alone goes with whichever model is meant.
  return isAgents ? { ...own, ...agents } : { ...agents, ...own };
}

/** The model for one kind of work; empty where that is done by the main one. */
export const roleRoute = ({ agents: { defaults } }: Config, role: Role): Route =>
  toRoute(defaults[`${role}_model`], defaults[`${role}_provider`]);

/** What a profile comes to with all that it extends; later ones win. */
export type Phases = Pick<Config, "phase_models" | "phase_thinking"> & { readonly route: Route };

/** The phases' models and thinking under a profile, or without one. Throws `UsageError` for a profile that is not there. */
export function phasesOf(config: Config, profile?: string): Phases {
  const standard = { phase_models: config.phase_models, phase_thinking: config.phase_thinking, route: {} };
  return profile === undefined ? standard : chainOf(config, profile).reduce<Phases>(withProfile, standard);
}

const LAYERS: readonly (Layer | "none")[] = ["none", "user", "project", "explicit", "environment", "flag"];

function toRoute(model: Lazy<string> | undefined, provider: Lazy<string> | undefined): Route {
  const isNamed = provider !== undefined && provider.written !== "auto";
  return { ...(model === undefined ? {} : { model }), ...(isNamed ? { provider } : {}) };
}

/** A blank text counts as absent. */
const isSet = ({ model }: Route): boolean => model !== undefined && model.written.trim() !== "";

type Profile = Config["profiles"][string];

/** The profile and what it extends, the furthest first. A circle ends where it closes; the rules have told of it. */
function chainOf(config: Config, name: string): readonly Profile[] {
  const chain = new Map<string, Profile>();
  for (let at: string | undefined = name; at !== undefined && !chain.has(at);) {
    const profile: Profile | undefined = Object.hasOwn(config.profiles, at) ? config.profiles[at] : undefined;
    if (profile === undefined)
      throw new UsageError(`there is no profile ${JSON.stringify(at)}`, "`factory config get profiles` lists them.");
    chain.set(at, profile);
    at = profile.extends;
  }
  return [...chain.values()].toReversed();
}

const withProfile = (phases: Phases, { phase_models, phase_thinking = {}, model, provider }: Profile): Phases => ({
  phase_models: { ...phases.phase_models, ...phase_models },
  phase_thinking: { ...phases.phase_thinking, ...phase_thinking },
  route: { ...phases.route, ...toRoute(model, provider) },
});
