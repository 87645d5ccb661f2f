import { indentUnit } from "#tools/edit/indent.ts";
import { findSlips } from "#tools/edit/slip.ts";
import { fold, itemsOf } from "#tools/edit/tokens.ts";

/** How alike the file's lines and the model's must be. */
export type Level = {
  /** What the model is told was corrected. */
  readonly correction: string;
  /** What two lines must have in common; `undefined`: they are the same but for slips of single letters. */
  readonly key: ((line: string) => string) | undefined;
  /** Whether the marks are found inside lines too. */
  readonly folds: boolean;
};

const level = (correction: string, key: Level["key"], folds = false): Level => ({ correction, key, folds });

/** The most trusted first. */
export const LEVELS: readonly Level[] = [
  level("ignored blanks at line ends", (line) => line.trimEnd()),
  level("took typographic quotes, dashes and blanks for plain ones, or the reverse", (line) => fold(line.trimEnd()), true),
  level("adjusted the indentation to the file's", (line) => fold(line.trim())),
  level("ignored differences in spacing inside lines", (line) => tokensOf(line)),
  level("took a misspelt word in old_text for the file's", undefined),
];

const tokensOf = (line: string): string =>
  itemsOf(fold(line))
    .map(({ token }) => token)
    .join(" ");

/** The lines of a file, and where they start. */
export class FileLines {
  readonly text: string;
  readonly lines: readonly string[];
  readonly starts: readonly number[];
  /** One level of its indentation. */
  readonly unit: string | undefined;

  constructor(text: string) {
    this.text = text;
    this.lines = text.split("\n");
    let next = 0;
    this.starts = this.lines.map((line) => {
      const start = next;
      next += line.length + 1;
      return start;
    });
    this.unit = indentUnit(this.lines);
  }

  /** The first lines (from 0) of all stretches that the old lines can mean. */
  find(oldLines: readonly string[], { key }: Level): readonly number[] {
    if (key === undefined) return findSlips(this.lines, oldLines);
    const numbers = new Map<string, number>();
    const wanted = oldLines.map((line) => numberOf(key(line), numbers));
    const known = numbers.size;
    const present = Int32Array.from(this.lines, (line) => numbers.get(key(line)) ?? known);
    const found: number[] = [];
    for (let at = 0; at + wanted.length <= present.length; at += 1) {
      if (wanted.every((number, index) => number === present[at + index])) found.push(at);
    }
    return found;
  }
}

/** Equal lines get equal numbers: comparing those is fast however long the lines are. */
function numberOf(line: string, numbers: Map<string, number>): number {
  const number = numbers.get(line) ?? numbers.size;
  numbers.set(line, number);
  return number;
}
