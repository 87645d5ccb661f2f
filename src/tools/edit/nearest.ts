import { itemsOf } from "#tools/edit/tokens.ts";

/** The stretch of a text (LF) that is most like the old text, as numbered lines; empty where nothing is like it. */
export function nearestLines(text: string, oldText: string): string {
  const oldLines = oldText.split("\n");
  const lengths = oldLines.map((line) => line.trim().length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const anchor = lengths.indexOf(longest);
  const wanted = wordsOf(oldLines[anchor] ?? "");
  const lines = text.split("\n");
  let best = -1;
  let bestLikeness = LEAST_LIKENESS;
  for (const [index, line] of lines.entries()) {
    const likeness = line === "" ? 0 : likenessOf(wanted, wordsOf(line));
    if (likeness <= bestLikeness) continue;
    best = index;
    bestLikeness = likeness;
  }
  if (best === -1) return "";
  const first = Math.max(0, best - Math.min(anchor, 3));
  const shown = lines.slice(first, Math.max(best + 1, first + Math.min(oldLines.length, LINES_SHOWN)));
  return shown.map((line, index) => `${first + index + 1}→${line.slice(0, LINE_SHOWN).toWellFormed()}`).join("\n");
}

const LEAST_LIKENESS = 0.45;
const LINES_SHOWN = 8;
/** Characters of a line; the rest of a longer one is not compared either. */
const LINE_SHOWN = 300;

const wordsOf = (line: string): ReadonlySet<string> =>
  new Set(
    itemsOf(line.slice(0, LINE_SHOWN))
      .map(({ token }) => token)
      .filter((token) => token !== ""),
  );

/** Dice's coefficient, 0 to 1. */
function likenessOf(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let common = 0;
  for (const word of left) if (right.has(word)) common += 1;
  return left.size + right.size === 0 ? 0 : (2 * common) / (left.size + right.size);
}
