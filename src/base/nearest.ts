/**
 * The candidates that the writer of `word` may have meant, best first, at most `limit` (3): those that it begins, and those
 * that differ by a few mistakes (insert, drop, change, swap of neighbours). Letter case does not count.
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const wanted = word.toLowerCase().slice(0, WORD_LIMIT);
  if (wanted === "") return [];
  const allowed = Math.max(1, Math.floor(wanted.length / 3));
  const scored: { readonly candidate: string; readonly score: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const known = candidate.toLowerCase().slice(0, WORD_LIMIT);
    const mistakes = distance(wanted, known);
    if (mistakes <= allowed) scored.push({ candidate, score: mistakes });
    else if (wanted.length > 1 && known.startsWith(wanted)) scored.push({ candidate, score: allowed + 1 });
  }
  return scored
    .toSorted((left, right) => left.score - right.score || left.candidate.localeCompare(right.candidate))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** Longer words are compared by their start, in characters. */
const WORD_LIMIT = 64;

function distance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1];
      let cost = Math.min(at(above, column) + 1, at(current, column - 1) + 1, at(above, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      if (swapped) cost = Math.min(cost, at(before, column - 2) + 1);
      current.push(cost);
    }
    before = above;
    above = current;
  }
  return at(above, right.length);
}

const at = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY;
