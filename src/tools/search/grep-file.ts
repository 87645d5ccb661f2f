import { open } from "node:fs/promises";
import { LineSplitter, LineTooLong } from "#base/lines.ts";
import type { RegexScan } from "#tools/search/regex-scan.ts";

/** `number` counts from 1. `column` is where a match starts; absent for a line shown around one. `gap`: it starts a new group of lines. */
export type FoundLine = { readonly number: number; readonly text: string; readonly column?: number; readonly gap: boolean };

export type FileSearch = {
  readonly scan: RegexScan;
  /** Lines shown before and after a match. */
  readonly around: number;
  readonly signal: AbortSignal;
  /** Called line by line; `false` ends the search of this file. */
  readonly onLine: (line: FoundLine) => boolean;
};

/**
 * Searches a regular file piece by piece, whatever its size. Throws what the file system throws, `PatternTooSlow`, and the signal's
 * reason.
 */
export async function grepFile(path: string, search: FileSearch): Promise<"searched" | "binary" | "long lines"> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(4_096, (await file.stat()).size + 1)));
    const lines = new LineSplitter(LINE_LIMIT);
    const window = new LineWindow(search);
    for (let first = true; ; first = false) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
      search.signal.throwIfAborted();
      const piece = buffer.subarray(0, bytesRead);
      if (first && piece.subarray(0, SNIFFED_BYTES).includes(0)) return "binary";
      const more = window.push(bytesRead === 0 ? lines.end() : lines.push(piece));
      if (!more || bytesRead === 0) return "searched";
    }
  } catch (error) {
    if (error instanceof LineTooLong) return "long lines";
    throw error;
  } finally {
    await file.close();
  }
}

const PIECE_BYTES = 128 * 1024;
/** As many as git looks at to tell text from binary. */
const SNIFFED_BYTES = 8_000;
/** Characters. Such a line is data, and no one reads it. */
const LINE_LIMIT = 2 * 1024 * 1024;

/** Tells matches with the lines around them, across the pieces in which a file comes. */
class LineWindow {
  readonly #search: FileSearch;
  #before: string[] = [];
  #read = 0;
  #shown = 0;
  #afterLeft = 0;

  constructor(search: FileSearch) {
    this.#search = search;
  }

  /** Whether more lines are wanted. */
  push(lines: readonly string[]): boolean {
    const { scan, around } = this.#search;
    const columns = new Map(scan.hits(lines).map(({ index, column }) => [index, column]));
    if (columns.size === 0 && around === 0) {
      this.#read += lines.length;
      return true;
    }
    for (const [index, text] of lines.entries()) {
      const column = columns.get(index);
      this.#read += 1;
      if (!(column === undefined ? this.#pass(text) : this.#match(text, column))) return false;
    }
    return true;
  }

  #match(text: string, column: number): boolean {
    const before = this.#before;
    this.#before = [];
    this.#afterLeft = this.#search.around;
    const from = this.#read - before.length;
    return (
      before.every((line, index) => this.#tell({ number: from + index, text: line })) && this.#tell({ number: this.#read, text, column })
    );
  }

  #pass(text: string): boolean {
    if (this.#afterLeft > 0) {
      this.#afterLeft -= 1;
      return this.#tell({ number: this.#read, text });
    }
    if (this.#search.around > 0) {
      this.#before.push(text);
      if (this.#before.length > this.#search.around) this.#before.shift();
    }
    return true;
  }

  #tell(line: Omit<FoundLine, "gap">): boolean {
    const gap = this.#search.around > 0 && this.#shown > 0 && line.number > this.#shown + 1;
    this.#shown = line.number;
    return this.#search.onLine({ ...line, gap });
  }
}
