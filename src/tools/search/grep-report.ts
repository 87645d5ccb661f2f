import type { FoundLine } from "#tools/search/grep-file.ts";

type Skip = "searched" | "binary" | "long lines" | "large" | "unreadable";

/** Gathers what a search finds into a text of bounded size, and counts the rest. */
export class GrepReport {
  readonly #output: "lines" | "files";
  readonly #lines: string[] = [];
  readonly #remarks: string[] = [];
  readonly #skipped = new Map<Skip, string[]>();
  #length = 0;
  #matches = 0;
  #shownMatches = 0;

  constructor(output: "lines" | "files") {
    this.#output = output;
  }

  /** Matching lines, or files where only these are asked for; counted on after what is shown. */
  get matches(): number {
    return this.#matches;
  }

  /** Whether to search on is pointless: not even the count would be shown exactly. */
  get isFull(): boolean {
    return this.#matches >= COUNT_LIMIT;
  }

  remark(sentence: string): void {
    this.#remarks.push(sentence);
  }

  /** Whether more lines of this file are wanted. */
  line(file: string, line: FoundLine): boolean {
    const isMatch = line.column !== undefined;
    if (isMatch) this.#matches += 1;
    const hasRoom = this.#shownMatches < MATCH_LIMIT && this.#length < TEXT_LIMIT;
    if (hasRoom && isMatch) this.#shownMatches += 1;
    if (this.#output === "files") {
      if (hasRoom) this.#show(file);
      return false;
    }
    // The lines after the last match shown still belong to it.
    if (hasRoom || (!isMatch && this.#matches === this.#shownMatches && this.#length < TEXT_LIMIT)) {
      if (line.gap) this.#show("--");
      this.#show(isMatch ? `${file}:${line.number}: ${cut(line.text, line.column)}` : `${file}-${line.number}- ${cut(line.text, 0)}`);
    }
    return !this.isFull;
  }

  /** Counts a file that was not searched as text; `searched` counts for nothing. */
  skipped(file: string, why: Skip): void {
    if (why === "searched" || why === "binary") return;
    const files = this.#skipped.get(why) ?? [];
    files.push(file);
    this.#skipped.set(why, files);
  }

  text(): string {
    const lines = [...this.#lines];
    const unit = this.#output === "files" ? "files" : "matches";
    const left = this.#matches - this.#shownMatches;
    if (left > 0) lines.push(`… and ${this.isFull ? `over ${left - 1}` : left} more ${unit}: narrow the pattern, path or glob.`);
    if (this.#matches === 0) lines.push("No match. (Binary files, what .gitignore names, .git and node_modules are not searched.)");
    return [...lines, ...this.#remarks.map((sentence) => `[${sentence}]`), ...this.#skips()].join("\n");
  }

  note(): string {
    const one = this.#output === "files" ? "file" : "match";
    const many = this.#output === "files" ? "files" : "matches";
    return this.#matches === 1 ? `1 ${one}` : `${this.isFull ? "over " : ""}${this.#matches} ${many}`;
  }

  #show(line: string): void {
    this.#lines.push(line);
    this.#length += line.length;
  }

  #skips(): readonly string[] {
    return [...this.#skipped].map(([why, files]) => {
      const named = files.slice(0, NAMED_LIMIT).join(", ");
      const more = files.length > NAMED_LIMIT ? ` and ${files.length - NAMED_LIMIT} more` : "";
      return `[Not searched, ${REASONS[why]}: ${named}${more}]`;
    });
  }
}

const MATCH_LIMIT = 200;
/** Characters of the whole text. */
const TEXT_LIMIT = 32_000;
const COUNT_LIMIT = 10_000;
const NAMED_LIMIT = 5;
/** Characters of one line. */
const LINE_LIMIT = 300;
/** Characters kept before a match far into its line. */
const LEAD = 60;

const REASONS: { readonly [why in Skip]: string } = {
  searched: "",
  binary: "binary",
  "long lines": "lines of over 2 million characters",
  large: "over 20 MB (name the file as path to search it)",
  unreadable: "not readable",
};

function cut(line: string, column: number): string {
  if (line.length <= LINE_LIMIT) return line;
  const from = column < LINE_LIMIT - LEAD ? 0 : column - LEAD;
  const to = from + LINE_LIMIT;
  return `${from > 0 ? "…" : ""}${line.slice(from, to)}${to < line.length ? "…" : ""}`;
}
