import { fold, itemsOf } from "#tools/edit/tokens.ts";

/**
 * Where (lines from 0) the file's lines are the old lines but for a few wrong letters in words. The measure is loose, to see all
 * candidates. None where the search would take too long.
 */
export function findSlips(lines: readonly string[], oldLines: readonly string[]): readonly number[] {
  const letters = lettersIn(oldLines);
  const found: number[] = [];
  let comparisons = 0;
  for (let at = 0; at + oldLines.length <= lines.length; at += 1) {
    let wrong = 0;
    for (const [index, old] of oldLines.entries()) {
      const slips = slipsIn(old, lines[at + index] ?? "");
      comparisons += 1;
      wrong += slips === undefined ? Infinity : wrongLetters(slips);
      if (wrong * 8 > letters) break;
    }
    if (comparisons > COMPARISONS_LIMIT) return [];
    if (wrong * 8 <= letters) found.push(at);
  }
  return found;
}

/** Comparisons of two lines: about half a second. */
const COMPARISONS_LIMIT = 250_000;
/** Characters; longer lines are not searched for slips. */
const LINE_LIMIT = 2_000;

const lettersIn = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.trim().length, 0);
const wrongLetters = (slips: readonly Slip[]): number => slips.reduce((sum, { distance }) => sum + distance, 0);

/**
 * Whether the differences can only be slips: at most one wrong letter in ten, and no word of the model's that the file knows as another
 * word, since then the model means something else.
 */
export function areSlips(text: string, found: readonly string[], oldLines: readonly string[]): boolean {
  const slips = oldLines.flatMap((old, index) => slipsIn(old, found[index] ?? "") ?? []);
  const words = new Set(slips.map(({ written }) => written));
  return wrongLetters(slips) * 10 <= lettersIn(oldLines) && !itemsOf(text).some(({ token }) => words.has(token));
}

type Slip = { readonly written: string; readonly distance: number };

/** The slips of one line; `undefined` where the lines differ in more than slips. Marks and figures must be the same. */
function slipsIn(old: string, line: string): readonly Slip[] | undefined {
  if (old === line) return [];
  if (old.length > LINE_LIMIT || line.length > LINE_LIMIT || Math.abs(old.trim().length - line.trim().length) > 40) return undefined;
  const written = itemsOf(fold(old));
  const stored = itemsOf(fold(line));
  if (written.length !== stored.length) return undefined;
  const slips: Slip[] = [];
  for (const [index, { token }] of written.entries()) {
    const real = stored[index]?.token ?? "";
    if (token === real) continue;
    const distance = slipDistance(token, real);
    if (distance === undefined) return undefined;
    slips.push({ written: token, distance });
  }
  return slips;
}

/** One slip in a word of four letters or more, two from ten on. A slip: a letter more, less, other, or two swapped. */
function slipDistance(written: string, real: string): number | undefined {
  const shorter = Math.min(written.length, real.length);
  const allowed = shorter >= 10 ? 2 : 1;
  if (shorter < 4 || Math.abs(written.length - real.length) > allowed || NO_LETTER_OR_FIGURE.test(written + real)) return undefined;
  if (written.replaceAll(LETTERS, "") !== real.replaceAll(LETTERS, "")) return undefined;
  const distance = editDistance(written, real);
  return distance <= allowed ? distance : undefined;
}

const NO_LETTER_OR_FIGURE = /[^\p{L}\p{N}_]/u;
const LETTERS = /\p{L}/gu;

/** Damerau's distance of two words: changes of neighbouring letters, each letter touched once. */
function editDistance(left: string, right: string): number {
  let older: number[] = [];
  let old = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const same = left[i - 1] === right[j - 1];
      let best = Math.min((old[j - 1] ?? 0) + (same ? 0 : 1), (old[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (!same && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1]) best = Math.min(best, (older[j - 2] ?? 0) + 1);
      row.push(best);
    }
    older = old;
    old = row;
  }
  return old[right.length] ?? 0;
}
