import { readFileSync, writeFileSync } from "node:fs";
import { asObject, asString, type JsonObject } from "#base/json.ts";
import { type CatalogueFile, fromModelsDev, printCatalogue } from "#providers/catalogue/from-models-dev.ts";
import { parseCatalogue } from "#providers/catalogue/parse-catalogue.ts";

/**
 * node scripts/generate-catalogue.ts SNAPSHOT: writes src/providers/catalogue/catalogue.json from a snapshot of models.dev, which names its
 * commit, its day and its licence in `_header`, and from additions.json, which wins.
 */
const FOLDER = new URL("../src/providers/catalogue/", import.meta.url);

const [snapshot] = process.argv.slice(2);
if (snapshot === undefined) throw new Error("name the snapshot of models.dev");
const text = printCatalogue(withAdditions(shipped(JSON.parse(readFileSync(snapshot, "utf8")))));
parseCatalogue(text, "the new catalogue");
writeFileSync(new URL("catalogue.json", FOLDER), text);
process.stdout.write(`catalogue.json: ${Buffer.byteLength(text)} bytes\n`);

function shipped(payload: unknown): CatalogueFile {
  const header = asObject(asObject(payload)?.["_header"]) ?? {};
  const [commit, date, licence] = ["commit", "commit_date", "licence"].map((name) => asString(header[name]));
  if (commit === undefined || date === undefined || licence === undefined)
    throw new Error("the snapshot's _header lacks commit, commit_date or licence");
  return fromModelsDev(payload, { date, source: `models.dev (github.com/anomalyco/models.dev, commit ${commit})`, licence });
}

function withAdditions(file: CatalogueFile): CatalogueFile {
  const additions = readFileSync(new URL("additions.json", FOLDER), "utf8");
  parseCatalogue(additions, "additions.json");
  // Just parsed: it is a catalogue file.
  const added = (JSON.parse(additions) as CatalogueFile).providers;
  const providers = Object.entries(added).map(([slug, models]) => {
    const known = file.providers[slug] ?? {};
    const merged = Object.entries(models).map(([id, model]) => [id, overlaid(known[id] ?? {}, model)] as const);
    return [slug, { ...known, ...Object.fromEntries(merged) }] as const;
  });
  return { ...file, providers: { ...file.providers, ...Object.fromEntries(providers) } };
}

/** Day and source are those of the price; a new price takes the old one's tiers away. */
function overlaid({ price, tiers, ...known }: JsonObject, { date, source, ...added }: JsonObject): JsonObject {
  const priced =
    added["price"] === undefined ? { ...(price === undefined ? {} : { price }), ...(tiers === undefined ? {} : { tiers }) } : undefined;
  return { ...known, ...priced, ...added, ...(priced === undefined && date !== undefined && source !== undefined ? { date, source } : {}) };
}
