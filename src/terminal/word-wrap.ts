import { printable } from "#terminal/paint.ts";

/**
 * Wraps text that comes in pieces at the spaces between its words, so that no terminal cuts a word in two. A word that is longer than a line
 * is left as it is. The last word is held until what follows shows where it ends.
 */
export class WordWrap {
  readonly #width: () => number;
  #column = 0;
  /** Spaces before the word, written only when it stays on the line. */
  #gap = "";
  #word = "";

  constructor(width: () => number) {
    this.#width = width;
  }

  /** What can be written now. */
  push(text: string): string {
    let out = "";
    for (const part of printable(text).split(/( |\n)/)) {
      if (part === " ") {
        out += this.#endWord();
        this.#gap += " ";
      } else if (part === "\n") {
        out += `${this.#endWord()}\n`;
        this.#gap = "";
        this.#column = 0;
      } else this.#word += part;
    }
    return out;
  }

  /** A whole text. */
  wrap(text: string): string {
    return this.push(text) + this.flush();
  }

  /** The last word, at the end of the text. */
  flush(): string {
    return this.#endWord();
  }

  /** Whether a line has been begun. */
  get midLine(): boolean {
    return this.#column > 0;
  }

  #endWord(): string {
    const [gap, word] = [this.#gap, this.#word];
    if (word === "") return "";
    this.#gap = "";
    this.#word = "";
    const breaks = this.#column > 0 && this.#column + gap.length + word.length > this.#width();
    const out = breaks ? `\n${word}` : gap + word;
    this.#column = breaks ? word.length : this.#column + out.length;
    return out;
  }
}
