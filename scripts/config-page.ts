import { readFileSync, writeFileSync } from "node:fs";
import { SCHEMA } from "#config/schema.ts";
import type { ConfigSchema } from "#config/schema-type.ts";

/** Renews docs/configuration.md from the schema; with `--check` only says whether it is as it should be (exit code 1). */
const file = new URL("../docs/configuration.md", import.meta.url);
const page = readFileSync(file, "utf8");
const renewed = page.replace(
  /(<!-- keys:[^>]*-->\n)[^]*(<!-- \/keys -->)/,
  (_, open: string, close: string) => `${open}${tables()}${close}`,
);
if (process.argv.includes("--check")) {
  if (renewed !== page) {
    console.error("docs/configuration.md differs from the schema; `npm run fix` renews it");
    process.exitCode = 1;
  }
} else if (renewed !== page) writeFileSync(file, renewed);

type Row = { readonly key: string; readonly schema: ConfigSchema; readonly isOpen: boolean };

function tables(): string {
  const top = Object.entries<ConfigSchema>(SCHEMA.properties).filter(([name]) => !name.startsWith("$"));
  const plain = top.filter(([, schema]) => schema.type !== "object" && schema.type !== "array");
  const sections = top.filter(([, schema]) => schema.type === "object" || schema.type === "array");
  const parts = [
    section(
      "At the top",
      undefined,
      plain.map(([key, schema]) => ({ key, schema, isOpen: schema["x-project"] === "open" })),
    ),
  ];
  for (const [name, schema] of sections)
    parts.push(section(`\`${name}\``, schema.description, rowsOf(name, schema, schema["x-project"] === "open")));
  return parts.join("\n");
}

function section(title: string, description: string | undefined, rows: readonly Row[]): string {
  const lines = rows.map(
    ({ key, schema, isOpen }) =>
      `| \`${key}\` | ${typeOf(schema)} | ${standard(schema)} | ${isOpen ? "yes" : "if trusted"} | ${words(schema)} |`,
  );
  const head = ["| key | type | default | project file | meaning |", "|---|---|---|---|---|"];
  return [`### ${title}`, "", ...(description === undefined ? [] : [description, ""]), ...head, ...lines, ""].join("\n");
}

function rowsOf(key: string, schema: ConfigSchema, isOpen: boolean): readonly Row[] {
  const open = schema["x-project"] === undefined ? isOpen : schema["x-project"] === "open";
  if (schema.items?.properties !== undefined) return rowsOf(`${key}[]`, schema.items, open);
  if (schema.properties !== undefined) {
    return Object.entries(schema.properties).flatMap(([name, child]) => rowsOf(`${key}.${name}`, child, open));
  }
  const inner = schema.additionalProperties;
  if (inner !== undefined && inner !== false && (inner.properties ?? inner.items) !== undefined)
    return rowsOf(`${key}.<name>`, inner, open);
  return [{ key, schema, isOpen: open }];
}

function typeOf(schema: ConfigSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${each}\``).join(" ");
  if (schema.type === "array") return `list of ${schema.items === undefined ? "values" : typeOf(schema.items)}`;
  const { additionalProperties: inner } = schema;
  if (schema.type === "object") return inner === undefined || inner === false ? "table" : `table of ${typeOf(inner)}`;
  return typeWord(schema.type ?? "");
}

function typeWord(type: string): string {
  const words: Readonly<Record<string, string>> = { string: "text", integer: "whole number", number: "number", boolean: "true, false" };
  return words[type] ?? "any";
}

function standard({ default: value }: ConfigSchema): string {
  return value === undefined || ["{}", "[]"].includes(JSON.stringify(value)) ? "" : `\`${JSON.stringify(value)}\``;
}

function words(schema: ConfigSchema): string {
  const names = schema["x-names"]?.map((name) => `\`${name}\``).join(", ");
  const secret = schema.writeOnly === true || schema.items?.writeOnly === true ? " Secret." : "";
  return `${schema.description ?? ""}${secret}${names === undefined ? "" : ` Also read as ${names}.`}`;
}
