/** `variant`: what is asked is served in another way (`:free`) or of another date, so its price may be another one. */
export type IdMatch = { readonly id: string; readonly exact: boolean; readonly variant: boolean };

/**
 * Finds a model id among those of one provider, as people and clouds write it: in another letter case, with dots for hyphens, below
 * `models/`, as an ARN, with a region before it (`us.`), a variant (`:free`), a date or a revision behind it (`-2025-09-29`, `@20250929`,
 * `-v1:0`, `-latest`). An id without a date finds the latest dated one.
 */
export class IdIndex {
  readonly #ids: ReadonlySet<string>;
  readonly #byKey = new Map<string, string>();
  readonly #byUndated = new Map<string, string>();

  constructor(ids: Iterable<string>) {
    this.#ids = new Set(ids);
    // In their order, so that of several dates the last one stays; an id that is written like another one gives way to the first.
    for (const id of [...this.#ids].toSorted()) {
      const key = keyOf(id);
      if (!this.#byKey.has(key)) this.#byKey.set(key, id);
      const undated = key.replace(DATE, "");
      if (undated !== key) this.#byUndated.set(undated, id);
    }
  }

  find(asked: string): IdMatch | undefined {
    if (asked.length > ID_LIMIT) return undefined;
    if (this.#ids.has(asked)) return { id: asked, exact: true, variant: false };
    const whole = keyOf(asked);
    const bare = whole.replace(VARIANT, "");
    for (const key of bare === whole ? [whole] : [whole, bare]) {
      const near = this.#nearest(key);
      if (near !== undefined) return { id: near.id, exact: false, variant: near.variant || key !== whole };
    }
    return undefined;
  }

  #nearest(key: string): Pick<IdMatch, "id" | "variant"> | undefined {
    const unplaced = key.replace(PLACE, "");
    const anywhere = unplaced.replace(REGION, "");
    const undated = anywhere.replace(DATE, "");
    for (const form of [key, unplaced, anywhere, undated]) {
      const id = this.#byKey.get(form);
      if (id !== undefined) return { id, variant: false };
    }
    const dated = this.#byUndated.get(undated);
    return dated === undefined ? undefined : { id: dated, variant: undated !== anywhere };
  }
}

/** Longer ids name no model; the patterns below stay cheap. */
const ID_LIMIT = 512;

const keyOf = (id: string): string => id.toLowerCase().replace(/(?<=\d)\.(?=\d)/g, "-");

const VARIANT = /:(?:free|nitro|floor|online|thinking|extended|exacto|beta)$/;
const PLACE = /^(?:models\/|arn:aws[a-z-]*:bedrock:[^/]*\/)/;
const REGION = /^(?:us|eu|apac|au|jp|ca|sa|us-gov|global)\.(?=[a-z0-9-]+\.)/;
/** A day or month of release with what a cloud writes behind it, a cloud's revision alone (`-v2` may be
 * a part of the name), or `latest`. */
const DATE = /(?:[-@]20\d\d-?[01]\d-?[0-3]\d(?:-v\d+(?::\d+)?)?|-v1|-v\d+:\d+|[-@]latest|@default)$/;
