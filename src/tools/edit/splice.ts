import type { Splice } from "#tools/edit/match.ts";
import { toLf } from "#tools/files/text-file.ts";

/**
 * Applies splices, whose positions count the text with LF line ends, to the text as stored. What they do not change keeps its line ends,
 * new line breaks are like the nearest one, and a line break at the end of the text is not lost.
 */
export function applySplices(stored: string, splices: readonly Splice[]): string {
  const text = toLf(stored);
  const breaks = crlfPositions(stored);
  const parts: string[] = [];
  let from = 0;
  for (const splice of splices.map((whole) => smallest(text, whole))) {
    const start = splice.start + countBelow(breaks, splice.start);
    const crlf = breaks.length > 0 && nearestIsCrlf(text, splice.start, breaks);
    parts.push(stored.slice(from, start), crlf ? splice.text.replaceAll("\n", "\r\n") : splice.text);
    from = splice.end + countBelow(breaks, splice.end);
  }
  const result = parts.join("") + stored.slice(from);
  if (result === "" || result.endsWith("\n") || !stored.endsWith("\n")) return result;
  return result + (stored.endsWith("\r\n") ? "\r\n" : "\n");
}

/** Leaves out what a splice replaces by itself at its start and end: whole characters and line breaks. */
function smallest(text: string, { start, end, text: replacement }: Splice): Splice {
  const limit = Math.min(end - start, replacement.length);
  let head = 0;
  while (head < limit && text[start + head] === replacement[head]) head += 1;
  let tail = 0;
  while (tail < limit - head && text[end - 1 - tail] === replacement[replacement.length - 1 - tail]) tail += 1;
  return { start: start + head, end: end - tail, text: replacement.slice(head, replacement.length - tail) };
}

/** Where, in the text with LF, the line breaks stand that are stored as CRLF; ascending. */
function crlfPositions(stored: string): readonly number[] {
  const positions: number[] = [];
  for (let at = stored.indexOf("\r\n"); at !== -1; at = stored.indexOf("\r\n", at + 2)) positions.push(at - positions.length);
  return positions;
}

function countBelow(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nearestIsCrlf(text: string, position: number, breaks: readonly number[]): boolean {
  const after = text.indexOf("\n", position);
  const nearest = after === -1 ? text.lastIndexOf("\n") : after;
  return breaks[countBelow(breaks, nearest)] === nearest;
}
