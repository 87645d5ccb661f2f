import { readFileSync, writeFileSync } from "node:fs";
import type { ProviderRow } from "#providers/row.ts";
import { allProviders } from "#providers/rows.ts";

/** Renews the generated table of the README; with `--check` only says whether it is as it should be (exit code 1). */
const file = new URL("../README.md", import.meta.url);
const readme = readFileSync(file, "utf8");
const renewed = withProviders(readme);
if (process.argv.includes("--check")) {
  if (renewed !== readme) {
    console.error("README.md: the table of providers differs from the rows; `npm run fix` renews it");
    process.exitCode = 1;
  }
} else if (renewed !== readme) writeFileSync(file, renewed);

function withProviders(text: string): string {
  const rows = allProviders().map(({ slug, row }) => {
    const names = [slug, ...row.aliases].map((name) => `\`${name}\``).join(" ");
    return `| ${row.name} | ${names} | ${row.wire} | ${keys(row)} | ${row.tier} |`;
  });
  const table = ["| provider | names | wire | key | tier |", "|---|---|---|---|---|", ...rows].join("\n");
  return text.replace(
    /(<!-- providers:[^>]*-->\n)[^]*(<!-- \/providers -->)/,
    (_, open: string, close: string) => `${open}${table}\n${close}`,
  );
}

function keys({ auth }: ProviderRow): string {
  if (auth.scheme === "none") return "none";
  const names = auth.env.map((name) => `\`${name}\``).join(" ");
  return auth.optional === true ? `(${names})` : names;
}
