import { isObject, parseJson } from "#base/json.ts";
import { nearest } from "#base/nearest.ts";
import { UsageError } from "#base/usage-error.ts";
import { ABILITIES, EFFORTS, MODEL_STATUSES, REASONING_FIELDS } from "#providers/catalogue/catalogue-model.ts";
import type {
  CatalogueLayer,
  CatalogueModel,
  CataloguePrice,
  CatalogueReasoning,
  ModelTable,
} from "#providers/catalogue/catalogue-model.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

/**
 * Reads a catalogue file; `source` names it in errors. Throws `UsageError` naming the first thing that is wrong, and nothing else, whatever
 * the text is.
 *
 * `{ "format": 1, "date": "2026-07-02", "source": "…", "licence": "…", "providers": { "<slug>": { "<model id>": model } } }`; every member
 * of a model may be left out:
 *
 * - `limit`: `[context, output, input]` in tokens
 * - `price`: `[input, output, cache read, cache write, reasoning]` in USD per million tokens
 * - `tiers`: `[above, input, output, cache read, cache write][]`, prices of prompts longer than `above` tokens
 * - `can`: words of `image tools json temperature`; `-image` says that it cannot, an absent word that it is not known
 * - `reasoning`: `false`, `true`, or `{ "effort": ["low", …], "budget": [min, max], "toggle": true }`
 * - `replay`: `"reasoning_content"` and the like, or `true`
 * - `released`, `retires`, `status` (`alpha`, `beta`, `deprecated`), `wire`
 * - `date`, `source`: where they are not the file's own
 *
 * In an array `null` stands for unknown, and the end may be left out.
 */
export function parseCatalogue(text: string, source: string): CatalogueLayer {
  const layer = readCatalogue(text, source);
  let count = 0;
  for (const table of layer.providers.values()) {
    const ids = table.ids();
    count += ids.length;
    if (count > MODEL_LIMIT) throw wrong(source, `holds more than ${MODEL_LIMIT} models`);
    for (const id of ids) table.get(id);
  }
  return layer;
}

/** As `parseCatalogue`, but each model is checked only when it is asked for: for the shipped file, which a test has checked whole. */
export function readCatalogue(text: string, source: string): CatalogueLayer {
  if (text.length > CATALOGUE_LIMIT) throw wrong(source, `is larger than ${CATALOGUE_LIMIT / MIB} MiB`);
  const root = parseJson(text);
  if (root === undefined) throw wrong(source, "is not JSON, or was cut off");
  const file = new Place(root, source).object(FILE_FIELDS);
  if (file.at("format").value !== 1) throw file.at("format").wrong("must be 1");
  const stamp = { date: file.at("date").matching(DAY, "a day, YYYY-MM-DD"), source: file.at("source").text() };
  const slugs = file.at("providers").entries(SLUG, "a provider's slug");
  return { ...stamp, providers: new Map(slugs.map(([slug, models]) => [slug, new FileTable(models, stamp)])) };
}

/** The models of one provider. */
class FileTable implements ModelTable {
  readonly #models: Place;
  readonly #stamp: Stamp;
  #places: ReadonlyMap<string, Place> | undefined;
  readonly #parsed = new Map<string, CatalogueModel>();

  constructor(models: Place, stamp: Stamp) {
    this.#models = models;
    this.#stamp = stamp;
  }

  ids(): readonly string[] {
    return [...this.#all().keys()];
  }

  get(id: string): CatalogueModel | undefined {
    const place = this.#all().get(id);
    let model = this.#parsed.get(id);
    if (model === undefined && place !== undefined) {
      model = parseModel(place.object(MODEL_FIELDS), this.#stamp);
      this.#parsed.set(id, model);
    }
    return model;
  }

  #all(): ReadonlyMap<string, Place> {
    this.#places ??= new Map(this.#models.entries(MODEL_ID, "a model id"));
    return this.#places;
  }
}

const MIB = 1024 * 1024;
/** The longest file, in UTF-16 units, and the most models. */
export const CATALOGUE_LIMIT = 16 * MIB;
const MODEL_LIMIT = 50_000;
/** The highest price, in USD per million tokens, and the largest count of tokens that are believed. */
const PRICE_LIMIT = 100_000;
const TOKEN_LIMIT = 1_000_000_000;

const FILE_FIELDS = ["format", "date", "source", "licence", "providers"];
const MODEL_FIELDS = ["limit", "price", "tiers", "can", "reasoning", "replay", "released", "retires", "status", "wire", "date", "source"];
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ANY_DATE = /^\d{4}(?:-\d{2}){0,2}$/;
const SLUG = /^[a-z0-9][a-z0-9.-]{0,63}$/;
const MODEL_ID = /^[!-~]{1,256}$/;

const wrong = (path: string, why: string): UsageError =>
  new UsageError(`${path}: ${why}`, "Correct the model catalogue, or remove it and fetch it again.");

/** A value of the file and where it stands, for the errors: the way there is only put into words when one is thrown. */
class Place {
  readonly value: unknown;
  readonly #above: Place | undefined;
  readonly #name: string | number;

  constructor(value: unknown, name: string | number, above?: Place) {
    this.value = value;
    this.#name = name;
    this.#above = above;
  }

  get path(): string {
    if (this.#above === undefined) return String(this.#name);
    return `${this.#above.path}${typeof this.#name === "number" ? `[${this.#name}]` : `: ${shown(this.#name)}`}`;
  }

  get absent(): boolean {
    return this.value === undefined || this.value === null;
  }

  wrong(why: string): UsageError {
    return wrong(this.path, why);
  }

  /** Names of the file's own members only, never what every object inherits. */
  at(name: string | number): Place {
    const { value } = this;
    if (typeof name === "number") return new Place(Array.isArray(value) ? value[name] : undefined, name, this);
    return new Place(isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined, name, this);
  }

  object(fields: readonly string[]): Place {
    if (!isObject(this.value)) throw this.wrong("must be an object");
    for (const name of Object.keys(this.value)) {
      if (fields.includes(name)) continue;
      const [meant = fields.join(", ")] = nearest(name, fields, 1);
      throw this.wrong(`${quoted(name)} is not a known field (${meant})`);
    }
    return this;
  }

  entries(names: RegExp, what: string): readonly (readonly [string, Place])[] {
    if (!isObject(this.value)) throw this.wrong("must be an object");
    return Object.entries(this.value).map(([name, value]) => {
      if (!names.test(name) || name === "__proto__") throw this.wrong(`${quoted(name)} is not ${what}`);
      return [name, new Place(value, name, this)];
    });
  }

  /** An array of at most so many items; none where it is absent. */
  items(limit: number): readonly Place[] {
    if (this.absent) return [];
    if (!Array.isArray(this.value) || this.value.length > limit) throw this.wrong(`must be an array of at most ${limit}`);
    return this.value.map((_, index) => this.at(index));
  }

  text(): string {
    if (typeof this.value !== "string" || this.value === "" || this.value.length > TEXT_LIMIT) throw this.wrong("must be a short text");
    return this.value;
  }

  matching(pattern: RegExp, what: string): string {
    if (typeof this.value !== "string" || !pattern.test(this.value)) throw this.wrong(`must be ${what}`);
    return this.value;
  }

  oneOf<Name extends string>(names: readonly Name[]): Name {
    const found = names.find((name) => name === this.value);
    if (found === undefined) throw this.wrong(`must be one of ${names.join(", ")}`);
    return found;
  }

  number(limit: number): number {
    const { value } = this;
    if (typeof value !== "number" || !(value >= 0 && value <= limit)) throw this.wrong(`must be a number from 0 to ${limit}`);
    return value;
  }

  optional<Value>(read: (place: Place) => Value): Value | null {
    return this.absent ? null : read(this);
  }
}

const TEXT_LIMIT = 500;
const shown = (name: string): string => (/^[\w-]{1,80}$/.test(name) ? name : quoted(name));
const quoted = (name: string): string => JSON.stringify(name.slice(0, 80));

const price = (place: Place): number => place.number(PRICE_LIMIT);

function tokens(place: Place): number {
  const count = place.number(TOKEN_LIMIT);
  if (!Number.isInteger(count)) throw place.wrong("must be a whole number");
  return count;
}

type Stamp = { readonly date: string; readonly source: string };

function parseModel(model: Place, file: Stamp): CatalogueModel {
  const limit = model.at("limit");
  limit.items(3);
  const stamp = {
    date: model.at("date").optional((place) => place.matching(DAY, "a day, YYYY-MM-DD")) ?? file.date,
    source: model.at("source").optional((place) => place.text()) ?? file.source,
  };
  const date = (place: Place): string => place.matching(ANY_DATE, "a date, YYYY-MM-DD");
  return {
    contextTokens: limit.at(0).optional(tokens),
    maxOutputTokens: limit.at(1).optional(tokens),
    maxInputTokens: limit.at(2).optional(tokens),
    ...parseAbilities(model.at("can")),
    reasoning: model.at("reasoning").optional(parseReasoning),
    price: model.at("price").optional((place) => parsePrice(place, model.at("tiers"), stamp)),
    released: model.at("released").optional(date),
    retires: model.at("retires").optional(date),
    status: model.at("status").optional((place) => place.oneOf(MODEL_STATUSES)),
    replay: model.at("replay").optional((place) => (place.value === true ? true : place.oneOf(REASONING_FIELDS))),
    wire: model.at("wire").optional((place) => place.oneOf(WIRE_NAMES)),
  };
}

type Abilities = Pick<CatalogueModel, (typeof ABILITIES)[keyof typeof ABILITIES]>;

function parseAbilities(can: Place): Abilities {
  const words = can.absent || can.value === "" ? [] : can.text().split(" ");
  const unknown = words.find((word) => !Object.hasOwn(ABILITIES, word.replace(/^-/, "")));
  if (unknown !== undefined) throw can.wrong(`${quoted(unknown)} is not one of ${Object.keys(ABILITIES).join(", ")}`);
  const said = (word: string): boolean | null => (words.includes(word) ? true : words.includes(`-${word}`) ? false : null);
  return { images: said("image"), tools: said("tools"), structuredOutput: said("json"), temperature: said("temperature") };
}

function parseReasoning(place: Place): CatalogueReasoning {
  if (typeof place.value === "boolean") return { supported: place.value, efforts: [], budget: null, toggle: false };
  const reasoning = place.object(["effort", "budget", "toggle"]);
  const toggle = reasoning.at("toggle");
  if (!toggle.absent && typeof toggle.value !== "boolean") throw toggle.wrong("must be true or false");
  return {
    supported: true,
    efforts: reasoning
      .at("effort")
      .items(EFFORTS.length)
      .map((effort) => effort.oneOf(EFFORTS)),
    budget: reasoning.at("budget").optional((budget) => {
      budget.items(2);
      return { min: budget.at(0).optional(tokens), max: budget.at(1).optional(tokens) };
    }),
    toggle: toggle.value === true,
  };
}

function parsePrice(place: Place, tiers: Place, stamp: Stamp): CataloguePrice {
  place.items(5);
  return {
    ...parseRates(place, 0),
    reasoning: place.at(4).optional(price),
    tiers: tiers
      .items(8)
      .map((tier) => {
        tier.items(5);
        return { aboveTokens: tokens(tier.at(0)), ...parseRates(tier, 1) };
      })
      .toSorted((left, right) => left.aboveTokens - right.aboveTokens),
    ...stamp,
  };
}

const parseRates = (place: Place, from: number) => ({
  input: price(place.at(from)),
  output: price(place.at(from + 1)),
  cacheRead: place.at(from + 2).optional(price),
  cacheWrite: place.at(from + 3).optional(price),
});
