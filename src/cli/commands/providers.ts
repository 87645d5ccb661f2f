import { defineCommand, JSON_OPTION } from "#cli/command.ts";
import { findKey } from "#providers/keys.ts";
import type { Env } from "#providers/keys.ts";
import type { Provider, ProviderRow } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";
import { paintFor } from "#terminal/paint.ts";
import { printTable } from "#terminal/table.ts";

/** `factory providers`: every provider, and which of them have a key here. */
export const providers = defineCommand({
  name: "providers",
  positionals: "",
  options: JSON_OPTION,
  notes: [
    "✓ the variable is set   – it is not   (optional) the server may want one",
    "Any other endpoint: -p custom:<url> (OpenAI Chat) or -p anthropic-custom:<url> (Anthropic Messages).",
  ],
  run: async ({ values }, { env, stdout }) => {
    const all = allProviders();
    if (values.json === true) {
      const listed = all.map((provider) => toJson(provider, env));
      stdout.write(`${JSON.stringify(listed, null, 2)}\n`);
      return 0;
    }
    const columns = [
      { title: "SLUG" },
      { title: "NAME", spare: 3 },
      { title: "WIRE", spare: 1 },
      { title: "TIER", spare: 2 },
      { title: "KEY", least: 24 },
      { title: "BASE URL", least: 28 },
    ];
    const rows = all.map(({ slug, row }) => [slug, row.name, row.wire, row.tier, keyCell(row, env), shortened(row.baseUrl)]);
    stdout.write(printTable({ columns, rows, width: stdout.columns, paint: paintFor(stdout) }));
    return 0;
  },
});

/** Of the variables of a place in it, the first says enough. */
const shortened = (baseUrl: string): string => baseUrl.replace("https://", "").replaceAll(/\$\{(\w+)[\w|]*\}/g, "{$1}");

function toJson({ slug, row }: Provider, env: Env) {
  const { key, variables } = findKey(row.auth, { env });
  const { name, aliases, wire, tier, kind, baseUrl } = row;
  return { slug, name, aliases, wire, tier, kind, baseUrl, env: variables, keySource: key?.source ?? null };
}

function keyCell(row: ProviderRow, env: Env): string {
  const { key, variables } = findKey(row.auth, { env });
  if (key !== null) return `✓ ${key.name}`;
  if (row.auth.scheme === "none") return "no key needed";
  if (row.auth.scheme === "aws" || row.auth.scheme === "google-adc") return `(${variables[0] ?? ""}) or its cloud's own`;
  if (variables.length === 0) return "needs a sign-in";
  return row.auth.optional === true ? `(${variables[0] ?? "optional"})` : `– ${variables[0] ?? ""}`;
}
