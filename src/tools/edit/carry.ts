import { indentOf, isBlank, learnIndents, type IndentEvidence, type Indents } from "#tools/edit/indent.ts";
import { fold, itemsOf, pairUp, type Item } from "#tools/edit/tokens.ts";

/**
 * Carries the model's change from `oldLines` to `newLines` over to the lines that the file really has. What the model did not change keeps
 * the file's spelling and indentation; what it wrote anew gets the file's indentation. `undefined` where the outcome would be a guess.
 */
export function carryOver(evidence: IndentEvidence): readonly string[] | undefined {
  const { found, oldLines, newLines } = completeFirstLine(evidence);
  const indents = learnIndents({ ...evidence, found, oldLines, newLines });
  const style = learnStyle(found, oldLines, newLines);
  if (indents === undefined || style === undefined) return undefined;
  const result: string[] = [];
  for (const { from, to, lines } of hunksOf(oldLines, newLines)) {
    if (lines === undefined) {
      result.push(...found.slice(from, to));
      continue;
    }
    const merged = mergeHunk({ found: found.slice(from, to), oldLines: oldLines.slice(from, to), newLines: lines }, indents, style);
    if (merged === undefined) return undefined;
    result.push(...merged);
  }
  return result;
}

type Lines = Pick<IndentEvidence, "found" | "oldLines" | "newLines">;

/** Where only the first line lost its indentation (copied from its first word on), it is given back to the old and the new text. */
function completeFirstLine({ found, oldLines, newLines }: Lines): Lines {
  const [first = "", ...rest] = oldLines;
  const indent = indentOf(found[0] ?? "");
  const filled = rest.filter((line) => !isBlank(line));
  // Others without any indentation do not tell whether the first alone lost its own.
  const othersFit =
    filled.some((line) => indentOf(line) !== "") &&
    rest.every((line, index) => isBlank(line) || indentOf(line) === indentOf(found[index + 1] ?? ""));
  if (!othersFit || isBlank(first) || indentOf(first) !== "" || indent === "") return { found, oldLines, newLines };
  const [firstNew = "", ...restNew] = newLines;
  const whole = newLines.length === 0 || isBlank(firstNew) || indentOf(firstNew) !== "" ? newLines : [indent + firstNew, ...restNew];
  return { found, oldLines: [indent + first, ...rest], newLines: whole };
}

/** How the model's new words and blanks are to be spelt in this file. */
type Style = {
  readonly spell: (token: string) => string;
  readonly plainEnd: boolean;
  /** Blanks that the file has after a mark where the model writes none. */
  readonly after: ReadonlyMap<string, string>;
};

function learnStyle(found: readonly string[], oldLines: readonly string[], newLines: readonly string[]): Style | undefined {
  const respelt = new Map<string, string>();
  const after = new Map<string, string>();
  const written = itemsOf(oldLines.join("\n"));
  const stored = itemsOf(found.join("\n"));
  if (written.length !== stored.length) return undefined;
  const newText = newLines.join("\n");
  const newWords = new Set(itemsOf(newText).map(({ token }) => token));
  for (const [index, { gap, token }] of written.entries()) {
    const real = stored[index];
    if (real === undefined) return undefined;
    if (fold(token) !== fold(real.token)) {
      // With both spellings in the new text nobody can tell which of them are slips.
      if (newWords.has(real.token)) return undefined;
      respelt.set(token, real.token);
    }
    const before = written[index - 1]?.token ?? "";
    if (gap === "" && BLANK.test(real.gap) && MARK.test(before)) after.set(before, real.gap);
  }
  for (const [index, { gap }] of stored.entries()) if (gap === "") after.delete(stored[index - 1]?.token ?? "");
  const oldText = oldLines.join("\n");
  const foundText = found.join("\n");
  const foldNew = fold(oldText) !== oldText && fold(foundText) === foundText;
  return {
    spell: (token) => respelt.get(token) ?? (foldNew ? fold(token) : token),
    plainEnd: oldLines.some((line) => line !== line.trimEnd()),
    // Inside a string literal blanks are content.
    after: /["'`]/.test(fold(newText)) ? new Map() : after,
  };
}

const BLANK = /^ +$/;
const MARK = /^[,;:=]$/;

type Hunk = { readonly from: number; readonly to: number; readonly lines: readonly string[] | undefined };

/** The change by lines: stretches that stay (`lines` is absent) and stretches replaced by `lines`. */
function hunksOf(oldLines: readonly string[], newLines: readonly string[]): readonly Hunk[] {
  const key = (line: string): string => line.trimEnd();
  const pairs = pairUp(oldLines.map(key), newLines.map(key));
  const hunks: Hunk[] = [];
  let from = 0;
  let lines: string[] = [];
  const close = (to: number): void => {
    if (to > from || lines.length > 0) hunks.push({ from, to, lines });
    lines = [];
  };
  for (const [index, line] of newLines.entries()) {
    const pair = pairs[index];
    if (pair === undefined) {
      lines.push(line);
      continue;
    }
    close(pair);
    hunks.push({ from: pair, to: pair + 1, lines: undefined });
    from = pair + 1;
  }
  close(oldLines.length);
  return hunks;
}

function mergeHunk(hunk: Lines, indents: Indents, style: Style): readonly string[] | undefined {
  const { found, oldLines, newLines } = hunk;
  if (newLines.length === 0) return [];
  if (newLines.length !== oldLines.length) return indents.lost ? undefined : mergeBlock(hunk, indents, style);
  const merged: string[] = [];
  for (const [index, line] of newLines.entries()) {
    const old = oldLines[index] ?? "";
    if (indents.lost && opens(old) !== opens(line)) return undefined;
    const lines = mergeBlock({ found: [found[index] ?? ""], oldLines: [old], newLines: [line] }, indents, style);
    if (lines === undefined) return undefined;
    merged.push(...lines);
  }
  return merged;
}

/** Whether the lines after this one belong to it. */
const opens = (line: string): boolean => /[:{([]$/.test(line.trimEnd());

/** Merges word by word. A line break before the block makes its first indentation one like the others. */
function mergeBlock({ found, oldLines, newLines }: Lines, indents: Indents, style: Style): readonly string[] | undefined {
  const [stored, written, wanted] = [found, oldLines, newLines].map((lines) => itemsOf(lines.map((line) => `\n${line}`).join("")));
  if (stored === undefined || written === undefined || wanted === undefined || stored.length !== written.length) return undefined;
  const pairs = pairUp(tokensOf(written), tokensOf(wanted));
  const taken = new Set(pairs);
  let text = "";
  let previous: Step = { peer: -1, pair: -1 };
  for (const [index, item] of wanted.entries()) {
    const pair = index === wanted.length - 1 ? written.length - 1 : pairs[index];
    const next = previous.peer + 1;
    const peer = index === 0 ? 0 : (pair ?? (next < written.length - 1 && !taken.has(next) ? next : undefined));
    const storedGap = peer !== undefined && item.gap === written[peer]?.gap ? stored[peer]?.gap : undefined;
    const kept = storedGap !== undefined && found.length > 0 && (index === 0 || keepsGap(storedGap, peer, previous));
    const gap = kept ? storedGap : newGap(item, wanted[index - 1], { indents, style });
    if (gap === undefined) return undefined;
    text += gap + (pair === undefined || found.length === 0 ? style.spell(item.token) : (stored[pair]?.token ?? ""));
    previous = { peer: peer ?? previous.peer, pair };
  }
  return text.slice(1).split("\n");
}

/** `peer`: the old item that a new one stands for. `pair`: the same, where both are the same word. */
type Step = { readonly peer: number; readonly pair: number | undefined };

/** Two words that were apart must not grow together: an empty gap stays only between the words that it was between. */
const keepsGap = (gap: string, peer: number | undefined, previous: Step): boolean =>
  gap.includes("\n") || (peer !== undefined && peer - 1 === (gap === "" ? previous.pair : previous.peer));

const tokensOf = (items: readonly Item[]): readonly string[] => items.slice(0, -1).map(({ token }) => token);

/** The blanks before a word that the model wrote anew. */
function newGap({ gap, token }: Item, before: Item | undefined, known: { indents: Indents; style: Style }): string | undefined {
  const { indents, style } = known;
  const lineBreak = gap.lastIndexOf("\n");
  if (lineBreak === -1) return token === "" && style.plainEnd ? "" : gap === "" && token !== "" ? spaced(before, style) : style.spell(gap);
  const lead = gap.slice(0, lineBreak + 1);
  const breaks = style.plainEnd ? lead.replaceAll(/[^\n]/g, "") : lead;
  if (token === "") return breaks;
  const indent = indents.reindent(gap.slice(lineBreak + 1));
  return indent === undefined ? undefined : breaks + indent;
}

const spaced = (before: Item | undefined, { after }: Style): string => after.get(before?.token ?? "") ?? "";
