/**
 * One way to read the model's text. `corrections` says in words what was taken out of it; `wholeLines`: it can only stand for whole lines.
 */
export type Reading = {
  readonly oldText: string;
  readonly newText: string;
  readonly corrections: readonly string[];
  readonly wholeLines: boolean;
};

/** The text as written, then without slips of the whole text: line numbers copied in, escapes doubled. */
export function readingsOf(oldText: string, newText: string): readonly Reading[] {
  const readings: Reading[] = [{ oldText, newText, corrections: [], wholeLines: false }];
  const plain = withoutNumbers(oldText, newText);
  if (plain !== undefined) readings.push({ ...plain, corrections: [NUMBERS_REMOVED], wholeLines: true });
  const once = unescaped(oldText, newText);
  if (once !== undefined) readings.push({ ...once, corrections: [ESCAPES_UNDONE], wholeLines: false });
  return readings;
}

const NUMBERS_REMOVED = "removed the line numbers copied into the text";
const ESCAPES_UNDONE = "undid doubled escapes (such as \\n for a line break)";

type Texts = { readonly oldText: string; readonly newText: string };

/** Undefined unless the old lines are numbered one after the other and the new ones are all numbered alike or not at all. */
function withoutNumbers(oldText: string, newText: string): Texts | undefined {
  const separator = /^ *\d+(→|\t|\||:)/.exec(oldText)?.[1];
  if (separator === undefined) return undefined;
  const oldLines = oldText.split("\n").map((line) => numbered(line, separator));
  const newLines = newText.split("\n").map((line) => numbered(line, separator));
  if (oldLines.at(-1)?.text === "") oldLines.pop();
  const first = oldLines[0]?.number ?? 0;
  if (!oldLines.every(({ number }, index) => number === first + index)) return undefined;
  const filled = newLines.filter(({ text }) => text !== "");
  const allNumbered = filled.every(({ number }) => number !== undefined);
  if (!allNumbered && filled.some(({ number }) => number !== undefined)) return undefined;
  const rest = (lines: readonly Numbered[]): string => lines.map((line) => line.rest).join("\n");
  return { oldText: rest(oldLines) + (oldText.endsWith("\n") ? "\n" : ""), newText: rest(newLines) };
}

type Numbered = { readonly number: number | undefined; readonly text: string; readonly rest: string };

function numbered(text: string, separator: string): Numbered {
  const at = text.indexOf(separator);
  const digits = at === -1 ? "" : text.slice(0, at).trimStart();
  return /^\d{1,9}$/.test(digits)
    ? { number: Number(digits), text, rest: text.slice(at + separator.length) }
    : { number: undefined, text, rest: text };
}

/**
 * Undefined unless both texts are escaped throughout: where quotes stand bare, line breaks alone; else every quote and backslash.
 * Escapes that would put a line break or a tab into a string literal may be meant, and then nothing is undone.
 */
function unescaped(oldText: string, newText: string): Texts | undefined {
  const all = `${oldText}\n${newText}`;
  if (!oldText.includes("\\") || (all.includes("\\n") && (oldText + newText).includes("\n"))) return undefined;
  const bareQuotes = /(?<!\\)"/.test(all);
  if (bareQuotes ? all.includes("\\\\") : all.replaceAll(ESCAPES, "").includes("\\")) return undefined;
  const undo = (text: string): string =>
    bareQuotes
      ? text.replaceAll(LINE_BREAKS, (breaks) => breaks.replaceAll("\\n", "\n").replaceAll("\\t", "\t"))
      : text.replaceAll(ESCAPES, (_, letter: string) => MEANING[letter] ?? letter);
  const texts = { oldText: undo(oldText), newText: undo(newText) };
  const known = new Set(texts.oldText.split("\n"));
  const sound = texts.newText.split("\n").every((line) => known.has(line) || isSound(line));
  return sound && texts.oldText !== oldText ? texts : undefined;
}

const ESCAPES = /\\([nt"'\\])/g;
const LINE_BREAKS = /^(?:\\t)+|\\n(?:\\t)*/g;
const MEANING: { readonly [letter: string]: string } = { n: "\n", t: "\t" };

/** Every quote is closed on its line, and tabs only indent. */
const isSound = (line: string): boolean =>
  ['"', "'", "`"].every((quote) => line.split(quote).length % 2 === 1) && !line.trimStart().includes("\t");
