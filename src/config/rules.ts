import { nearest } from "#base/nearest.ts";
import { slugOf } from "#config/normalise.ts";
import { findNode, printOrigin, printPath, type ConfigNode, type Problem, type Step } from "#config/tree.ts";

/**
 * What the schema cannot say: labels are told apart and shadow no provider, profiles build on others without a cycle, settings and keys belong
 * to a provider or an endpoint that there is. `providerNames`: every slug and alias; without it, nothing is said about providers.
 */
export function checkRules(root: ConfigNode, providerNames?: readonly string[]): readonly Problem[] {
  const providers = providerNames === undefined ? undefined : new Set(providerNames.map(slugOf));
  const labels = labelsOf(root);
  return [...labelProblems(labels, providers), ...ownerProblems(root, labels, providers), ...profileProblems(root)];
}

type Label = { readonly name: string; readonly node: ConfigNode; readonly path: readonly Step[] };

function labelsOf(root: ConfigNode): readonly Label[] {
  const { node, rest } = findNode(root, ["endpoints"]);
  if (rest.length > 0 || node.kind !== "list") return [];
  return node.items.flatMap((item, at) => {
    const label = findNode(item, ["label"]);
    const name = label.rest.length === 0 ? textOf(label.node) : undefined;
    return name === undefined ? [] : [{ name, node: label.node, path: ["endpoints", at, "label"] }];
  });
}

/** Words that begin a model reference and mean something else there. */
const TAKEN = new Set(["custom", "anthropic-custom", "hint", "http", "https"]);

function labelProblems(labels: readonly Label[], providers: ReadonlySet<string> | undefined): readonly Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, Label>();
  for (const label of labels) {
    const slug = slugOf(label.name);
    const first = seen.get(slug);
    if (first !== undefined) {
      problems.push(
        problem(label, `two endpoints have the label ${JSON.stringify(label.name)}; the other is at ${printOrigin(first.node.origin)}`),
      );
    } else if (providers?.has(slug) === true) {
      problems.push(
        problem(label, `the label ${JSON.stringify(label.name)} is the name of a provider, which it would hide; choose another`),
      );
    } else if (TAKEN.has(slug)) {
      problems.push(problem(label, `the label ${JSON.stringify(label.name)} has a meaning of its own in model references; choose another`));
    }
    seen.set(slug, first ?? label);
  }
  return problems;
}

function ownerProblems(root: ConfigNode, labels: readonly Label[], providers: ReadonlySet<string> | undefined): readonly Problem[] {
  if (providers === undefined) return [];
  const known = {
    providers: { names: [...providers], what: "provider" },
    keys: { names: [...providers, ...labels.map(({ name }) => slugOf(name))], what: "provider or endpoint" },
  };
  return Object.entries(known).flatMap(([section, { names, what }]) =>
    entriesAt(root, [section]).flatMap(([name, node]) => {
      if (names.includes(name)) return [];
      const near = nearest(name, names);
      const hint = near.length > 0 ? `; did you mean ${near.join(", ")}?` : "; `factory providers` lists them";
      return [problem({ node, path: [section, name] }, `there is no ${what} ${JSON.stringify(name)}${hint}`)];
    }),
  );
}

function profileProblems(root: ConfigNode): readonly Problem[] {
  const profiles = new Map(entriesAt(root, ["profiles"]));
  const problems: Problem[] = [];
  const chosen = findNode(root, ["profile"]);
  const name = chosen.rest.length === 0 ? textOf(chosen.node) : undefined;
  if (name !== undefined && !name.includes("${")) checkProfile(name, { node: chosen.node, path: ["profile"] });
  for (const [start, profile] of profiles) {
    const path = ["profiles", start, "extends"];
    const base = baseOf(profile);
    if (base === undefined) continue;
    checkProfile(base.name, { node: base.node, path });
    const trail = trailFrom(start, profiles);
    if (trail.at(-1) === start) problems.push(problem({ node: base.node, path }, `profiles go in a circle: ${trail.join(" → ")}`));
  }
  return problems;

  function checkProfile(wanted: string, place: Omit<Label, "name">): void {
    if (profiles.has(wanted)) return;
    const near = nearest(wanted, profiles.keys());
    problems.push(
      problem(place, `there is no profile ${JSON.stringify(wanted)}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`),
    );
  }
}

/** The profiles from `start` on, each followed by what it extends, up to the first that comes again. */
function trailFrom(start: string, profiles: ReadonlyMap<string, ConfigNode>): readonly string[] {
  const trail = [start];
  for (let at = profiles.get(start); at !== undefined;) {
    const base = baseOf(at)?.name;
    if (base === undefined) break;
    const comesAgain = trail.includes(base);
    trail.push(base);
    if (comesAgain) break;
    at = profiles.get(base);
  }
  return trail;
}

function baseOf(profile: ConfigNode): { readonly name: string; readonly node: ConfigNode } | undefined {
  const { node, rest } = findNode(profile, ["extends"]);
  const name = rest.length === 0 ? textOf(node) : undefined;
  return name === undefined ? undefined : { name, node };
}

function entriesAt(root: ConfigNode, path: readonly Step[]): readonly (readonly [string, ConfigNode])[] {
  const { node, rest } = findNode(root, path);
  return rest.length === 0 && node.kind === "table" ? [...node.entries] : [];
}

const textOf = (node: ConfigNode): string | undefined =>
  node.kind === "scalar" && typeof node.value === "string" && node.value !== "" ? node.value : undefined;

const problem = ({ node, path }: Omit<Label, "name">, message: string): Problem => ({
  origin: node.origin,
  path: printPath(path),
  message,
});
