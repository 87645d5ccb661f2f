/** A word or a single mark, with the blanks before it. The last item of a text is the empty token with the blanks at its end. */
export type Item = { readonly gap: string; readonly token: string };

export function itemsOf(text: string): readonly Item[] {
  const items: Item[] = [];
  let end = 0;
  for (const match of text.matchAll(ITEM)) {
    items.push({ gap: match[1] ?? "", token: match[2] ?? "" });
    end = match.index + match[0].length;
  }
  items.push({ gap: text.slice(end), token: "" });
  return items;
}

const ITEM = /(\s*)([\p{L}\p{N}_]+|\S)/gu;

/** What models print instead of the plain character, one for one so that positions stay. */
export const fold = (text: string): string =>
  PLAIN_ASCII.test(text) ? text : text.replaceAll(FANCY, (character) => FOLDED[character] ?? " ");

const PLAIN_ASCII = /^[\0-\x7F]*$/;
const FANCY = /[‘’‚‛′“”„‟″‐‑‒–—―−\u00A0\u2000-\u200A\u202F\u205F\u3000]/g;
const FOLDED: { readonly [character: string]: string } = {
  "‘": "'",
  "’": "'",
  "‚": "'",
  "‛": "'",
  "′": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "‟": '"',
  "″": '"',
  "‐": "-",
  "‑": "-",
  "‒": "-",
  "–": "-",
  "—": "-",
  "―": "-",
  "−": "-",
};

/**
 * Which entry of `left` each entry of `right` continues: its longest common subsequence. `undefined` for new entries. Beyond
 * four million comparisons only the common start and end are paired.
 */
export function pairUp(left: readonly string[], right: readonly string[]): readonly (number | undefined)[] {
  const pairs: (number | undefined)[] = right.map(() => undefined);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) pairs[start] = start++;
  let leftEnd = left.length;
  let rightEnd = right.length;
  while (leftEnd > start && rightEnd > start && left[leftEnd - 1] === right[rightEnd - 1]) pairs[--rightEnd] = --leftEnd;
  const width = rightEnd - start + 1;
  if ((leftEnd - start) * width > 4_000_000) return pairs;
  const lengths = new Uint32Array((leftEnd - start + 1) * width);
  const at = (i: number, j: number): number => lengths[(i - start) * width + (j - start)] ?? 0;
  for (let i = leftEnd - 1; i >= start; i -= 1) {
    for (let j = rightEnd - 1; j >= start; j -= 1) {
      const longest = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
      lengths[(i - start) * width + (j - start)] = longest;
    }
  }
  for (let i = start, j = start; i < leftEnd && j < rightEnd;) {
    if (left[i] === right[j]) pairs[j++] = i++;
    else if (at(i + 1, j) >= at(i, j + 1)) i += 1;
    else j += 1;
  }
  return pairs;
}
