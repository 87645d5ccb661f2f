import { isObject, type Json, type JsonObject } from "#base/json.ts";

/** A whole document: plain values first, then a `[table]` for each table and an `[[entry]]` for each entry of a list of tables. */
export const printToml = (value: JsonObject): string => `${tableLines(value, []).join("\n").trim()}\n`;

/** A value on one line. TOML has no null: such entries are left out. */
export function printTomlValue(value: Json): string {
  if (typeof value === "string") return printText(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value))
    return `[${value
      .filter((each) => each !== null)
      .map(printTomlValue)
      .join(", ")}]`;
  const pairs = entriesOf(value).map(([key, each]) => `${printTomlKey(key)} = ${printTomlValue(each)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

export const printTomlKey = (key: string): string => (/^[A-Za-z0-9_-]+$/.test(key) ? key : printText(key));

/** JSON's escapes are TOML's too, but for the delete character. */
const printText = (text: string): string => JSON.stringify(text.toWellFormed()).replaceAll("\u007F", "\\u007F");

const isList = (value: object): value is readonly Json[] => Array.isArray(value);
const isTable = (value: Json): value is JsonObject => isObject(value);
const isTables = (value: Json): value is readonly JsonObject[] =>
  typeof value === "object" && value !== null && isList(value) && value.length > 0 && value.every(isTable);

const entriesOf = (table: JsonObject): readonly (readonly [string, Json])[] => Object.entries(table).filter(([, value]) => value !== null);

function tableLines(table: JsonObject, path: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const entries = entriesOf(table);
  for (const [key, value] of entries) {
    if (!isTable(value) && !isTables(value)) lines.push(`${printTomlKey(key)} = ${printTomlValue(value)}`);
  }
  for (const [key, value] of entries) {
    const inner = [...path, key];
    const name = inner.map(printTomlKey).join(".");
    if (isTables(value)) for (const each of value) lines.push("", `[[${name}]]`, ...tableLines(each, inner));
    else if (isTable(value)) lines.push(...(hasOwnLines(value) ? ["", `[${name}]`] : []), ...tableLines(value, inner));
  }
  return lines;
}

/** A table of nothing but tables needs no header of its own. */
const hasOwnLines = (table: JsonObject): boolean => {
  const entries = entriesOf(table);
  return entries.length === 0 || entries.some(([, value]) => !isTable(value) && !isTables(value));
};
