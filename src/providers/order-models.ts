import { familyRule, TIERS, type ModelTier } from "#providers/family-rules.ts";
import type { DroppedModel, ListedModel } from "#providers/listed-model.ts";
import { sizeOf } from "#providers/model-size.ts";

/** Leaves out `gpt-4o-2024-08-06`, `gpt-4-0613` and the like where the same list has the name without the date. */
export function withoutDated(models: readonly ListedModel[]): {
  readonly kept: readonly ListedModel[];
  readonly dated: readonly DroppedModel[];
} {
  const ids = new Set(models.map(({ id }) => id));
  const plainOf = (id: string) => DATES.map((date) => id.replace(date, "$1")).find((plain) => plain !== id && ids.has(plain));
  return {
    kept: models.filter(({ id }) => plainOf(id) === undefined),
    dated: models.flatMap(({ id }) => {
      const plain = plainOf(id);
      return plain === undefined ? [] : [{ id, why: `is a dated name of ${plain}` }];
    }),
  };
}

const DATES = [/-20\d\d-\d\d-\d\d()$/, /-20\d{6}()$/, /-\d{4}()$/, /-\d\d-20\d\d()$/];

/** Best first: the model's tier, then those made for code, then the larger window, the longer answer, and the name, newer numbers first. */
export function orderModels<Model extends ListedModel>(models: readonly Model[]): readonly Model[] {
  const ranked = models.map((model) => ({ model, rank: TIERS.indexOf(tierOf(model)), coder: isCoder(model.id) ? 0 : 1 }));
  // Made when it is needed: it takes 5 ms, and most commands sort nothing.
  const words = new Intl.Collator("en", { numeric: true });
  return ranked
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        a.coder - b.coder ||
        (b.model.facts.contextTokens ?? 0) - (a.model.facts.contextTokens ?? 0) ||
        (b.model.facts.maxOutputTokens ?? 0) - (a.model.facts.maxOutputTokens ?? 0) ||
        byName(a.model.id, b.model.id, words),
    )
    .map(({ model }) => model);
}

/** How much may be expected of a model: what its family's rule says, else what its size does. */
export function tierOf({ id, facts }: ListedModel): ModelTier {
  const tier = familyRule(id)?.tier;
  if (tier !== undefined) return tier;
  const billions = facts.billions ?? sizeOf(id);
  if (billions === null) return "medium";
  return billions >= 70 ? "strong" : billions >= 14 ? "medium" : "weak";
}

const isCoder = (id: string): boolean => /cod(e|er|ex|estral)|devstral/i.test(id);

/** The higher number first (`gpt-6` before `gpt-5`), where the words before it are the same; else by the words. */
function byName(left: string, right: string, words: Intl.Collator): number {
  const a = left.split(/(\d+(?:\.\d+)?)/);
  const b = right.split(/(\d+(?:\.\d+)?)/);
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const one = a[at] ?? "";
    const other = b[at] ?? "";
    if (one === other) continue;
    return at % 2 === 1 ? Number(other) - Number(one) : words.compare(one, other);
  }
  return a.length - b.length;
}
