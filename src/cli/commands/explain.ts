import { UsageError } from "#base/usage-error.ts";
import { defineCommand, JSON_OPTION, MODEL_OPTIONS } from "#cli/command.ts";
import { resolve } from "#providers/resolve.ts";
import type { Target } from "#providers/resolve.ts";
import { paintFor } from "#terminal/paint.ts";
import { printPairs } from "#terminal/table.ts";
import { loadWire } from "#wires/wire.ts";

/** `factory explain`: which provider, address, wire and key a model reference leads to, and by which rule. Asks nobody. */
export const explain = defineCommand({
  name: "explain",
  positionals: "[ref]",
  options: { ...MODEL_OPTIONS, ...JSON_OPTION },
  notes: [
    "Without a reference it explains the default. Nothing is sent.",
    "factory explain sonnet",
    "factory explain groq/llama-3.3-70b-versatile --json",
  ],
  run: async ({ values, positionals }, { env, stdout }) => {
    const [ref, extra] = positionals;
    if (extra !== undefined) throw new UsageError(`one reference at a time: ${JSON.stringify(extra)} is too many`, "Run it once for each.");
    const { provider, model, host, token } = values;
    const target = resolve({ ref, provider, model, host, token, env });
    if (values.json === true) stdout.write(`${JSON.stringify(toJson(target), null, 2)}\n`);
    else stdout.write(printPairs({ pairs: await toPairs(target), width: stdout.columns ?? 80, paint: paintFor(stdout) }));
    return 0;
  },
});

function toJson({ ref, rule, provider, model, wire, baseUrl, key, facts, price, quirks }: Target) {
  const shown = key === null ? null : { source: key.source, name: key.name, last4: key.last4 };
  return { ref, rule, provider, model, wire, baseUrl, key: shown, facts, price, quirks, chain: [] };
}

async function toPairs(target: Target): Promise<readonly (readonly [string, string])[]> {
  const { ref, rule, provider, row, model, baseUrl, quirks, keyProblem } = target;
  const wire = await loadWire(target.wire);
  const url = wire.url(baseUrl, { model: model ?? "", stream: true, quirks });
  const pairs: (readonly [string, string])[] = [
    ["Reference", ref ?? "(none)"],
    ["Rule", rule],
    ["Provider", `${row.name} (${provider})`],
    ["Model", model ?? "(chosen from the server's own list)"],
    ["Wire", target.wire],
    ["URL", url],
    ["Key", keyWords(target)],
  ];
  if (keyProblem !== null) pairs.push(["To do", keyProblem.advice]);
  pairs.push(["Facts", factWords(target)], ["Price", "unknown"], ["Quirks", quirkWords(target)]);
  if (row.unverified !== undefined) pairs.push(["Unverified", row.unverified.join(", ")]);
  return pairs;
}

function keyWords({ key, keyVariables, keyProblem, row }: Target): string {
  if (key !== null) {
    const end = key.last4 === "" ? "" : `, ends in ${key.last4}`;
    const trouble = keyProblem === null ? "" : ` – not usable: ${keyProblem.message}`;
    return `${key.name} (${key.source})${end}${trouble}`;
  }
  if (row.auth.scheme === "none") return "none needed";
  const looked = `none; looked for ${keyVariables.join(", ")}`;
  return keyProblem === null ? `${looked} (optional)` : looked;
}

function factWords({ facts }: Target): string {
  const known = Object.entries(facts).filter(([, value]) => value !== null);
  return known.length === 0 ? "unknown" : known.map(([name, value]) => `${name} ${String(value)}`).join(", ");
}

function quirkWords({ quirks }: Target): string {
  const all = Object.entries(quirks).map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
  return all.length === 0 ? "none" : all.join(", ");
}
