import { carryOver } from "#tools/edit/carry.ts";
import { FileLines, LEVELS, type Level } from "#tools/edit/lines.ts";
import { readingsOf, type Reading } from "#tools/edit/reading.ts";
import { areSlips } from "#tools/edit/slip.ts";
import { fold } from "#tools/edit/tokens.ts";

type EditRequest = {
  /** All with LF line ends. */
  readonly text: string;
  /** Not empty. */
  readonly oldText: string;
  readonly newText: string;
  readonly replaceAll: boolean;
};

/** Replaces the UTF-16 units from `start` to before `end`. */
export type Splice = { readonly start: number; readonly end: number; readonly text: string };

/**
 * `found`: what to do, splices in order; `corrections` says in words how the model's text was corrected, empty where it matched exactly.
 * `ambiguous`: the lines (from 1) where it could stand. `unsafe`: it stands at `line`, but what the model wants there would be a guess.
 */
export type EditMatch =
  | { readonly kind: "found"; readonly splices: readonly Splice[]; readonly corrections: readonly string[] }
  | { readonly kind: "ambiguous"; readonly lines: readonly number[] }
  | { readonly kind: "unsafe"; readonly line: number }
  | { readonly kind: "missing" };

/** Finds where the old text stands: exactly, else with the slips that models make, the most trusted kind first. Pure. */
export function matchEdit({ text, oldText, newText, replaceAll }: EditRequest): EditMatch {
  const readings = readingsOf(oldText, newText);
  for (const reading of readings) {
    const match = matchExactly(text, reading, replaceAll);
    if (match !== undefined) return match;
  }
  if (oldText.trim() === "") return { kind: "missing" };
  const file = new FileLines(text);
  for (const level of LEVELS) {
    for (const reading of readings) {
      const attempt = { file, level, replaceAll };
      const match = matchLines(reading, attempt) ?? (level.folds && !reading.wholeLines ? matchFolded(reading, attempt) : undefined);
      if (match !== undefined) return match;
    }
  }
  return { kind: "missing" };
}

function matchExactly(text: string, { oldText, newText, corrections, wholeLines }: Reading, replaceAll: boolean): EditMatch | undefined {
  if (oldText === "") return undefined;
  const isWhole = (start: number): boolean => {
    const end = start + oldText.length;
    return (start === 0 || text[start - 1] === "\n") && (end === text.length || text[end] === "\n" || oldText.endsWith("\n"));
  };
  const corrected = corrections.length > 0;
  const starts = startsOf(oldText, text).filter(
    (start) => (!wholeLines || isWhole(start)) && !(corrected && cutsIndent(text, start, oldText + newText)),
  );
  if (starts.length === 0) return undefined;
  if (starts.length > 1 && !replaceAll) return { kind: "ambiguous", lines: lineNumbers(text, starts) };
  return { kind: "found", splices: apart(starts.map((start) => ({ start, end: start + oldText.length, text: newText }))), corrections };
}

type Attempt = { readonly file: FileLines; readonly level: Level; readonly replaceAll: boolean };

function matchLines(reading: Reading, { file, level, replaceAll }: Attempt): EditMatch | undefined {
  const change = changeOf(reading);
  if (change === undefined) return undefined;
  const { oldLines, newLines, withBreak } = change;
  const found = file.find(oldLines, level);
  if (found.length === 0) return undefined;
  const bySlip = level.key === undefined;
  // A misspelt word is corrected in one place only, never everywhere.
  if (found.length > 1 && (!replaceAll || bySlip)) return { kind: "ambiguous", lines: found.slice(0, PLACES_SHOWN).map((at) => at + 1) };
  const splices: Splice[] = [];
  for (const at of found) {
    const lines = file.lines.slice(at, at + oldLines.length);
    const carried = newLines && carryOver({ found: lines, oldLines, newLines, fileUnit: file.unit });
    if (carried === undefined || (bySlip && !areSlips(file.text, lines, oldLines))) return { kind: "unsafe", line: at + 1 };
    const start = file.starts[at] ?? 0;
    const end = start + lines.join("\n").length;
    const hasBreak = withBreak && end < file.text.length;
    const text = hasBreak ? carried.map((line) => `${line}\n`).join("") : carried.join("\n");
    splices.push({ start, end: hasBreak ? end + 1 : end, text });
  }
  return { kind: "found", splices: apart(splices), corrections: [...reading.corrections, level.correction] };
}

type LineChange = {
  readonly oldLines: readonly string[];
  /** `undefined` where the new text would join the line that follows to its own last one. */
  readonly newLines: readonly string[] | undefined;
  /** The line break after the last line belongs to the old text. */
  readonly withBreak: boolean;
};

function changeOf({ oldText, newText }: Reading): LineChange | undefined {
  const withBreak = oldText.endsWith("\n");
  const oldLines = (withBreak ? oldText.slice(0, -1) : oldText).split("\n");
  if (oldLines.every((line) => line.trim() === "")) return undefined;
  if (!withBreak) return { oldLines, newLines: newText.split("\n"), withBreak };
  if (newText === "") return { oldLines, newLines: [], withBreak };
  return { oldLines, newLines: newText.endsWith("\n") ? newText.slice(0, -1).split("\n") : undefined, withBreak };
}

/** Typographic marks are searched inside lines too: folding keeps positions. */
function matchFolded(reading: Reading, { file, level, replaceAll }: Attempt): EditMatch | undefined {
  const { text } = file;
  const both = reading.oldText + reading.newText;
  const starts = startsOf(fold(reading.oldText), fold(text)).filter((start) => !cutsIndent(text, start, both));
  if (starts.length === 0) return undefined;
  if (starts.length > 1 && !replaceAll) return { kind: "ambiguous", lines: lineNumbers(text, starts) };
  const splices: Splice[] = [];
  for (const start of starts) {
    const end = start + reading.oldText.length;
    const sides = { oldLines: reading.oldText.split("\n"), newLines: reading.newText.split("\n") };
    const carried = carryOver({ found: text.slice(start, end).split("\n"), ...sides, fileUnit: file.unit });
    if (carried === undefined) return { kind: "unsafe", line: lineNumbers(text, [start])[0] ?? 1 };
    splices.push({ start, end, text: carried.join("\n") });
  }
  return { kind: "found", splices: apart(splices), corrections: [...reading.corrections, level.correction] };
}

const PLACES_SHOWN = 10;

/** Where a text stands in another, overlapping places included. */
function startsOf(wanted: string, text: string): readonly number[] {
  const starts: number[] = [];
  for (let at = wanted === "" ? -1 : text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) starts.push(at);
  return starts;
}

/**
 * Whether a place begins after blanks that indent its line and several lines are at stake: how the others are indented is then a
 * question for the search by lines.
 */
const cutsIndent = (text: string, start: number, both: string): boolean =>
  both.includes("\n") && /^[^\S\n]+$/.test(text.slice(text.lastIndexOf("\n", start - 1) + 1, start));

/** The lines (from 1) of the first few places. */
function lineNumbers(text: string, starts: readonly number[]): readonly number[] {
  let line = 1;
  let from = 0;
  return starts.slice(0, PLACES_SHOWN).map((start) => {
    for (let at = text.indexOf("\n", from); at !== -1 && at < start; at = text.indexOf("\n", at + 1)) line += 1;
    from = start;
    return line;
  });
}

/** Leaves out what overlaps the splice before it. */
function apart(splices: readonly Splice[]): readonly Splice[] {
  let end = 0;
  return splices.filter((splice) => {
    if (splice.start < end) return false;
    end = splice.end;
    return true;
  });
}
