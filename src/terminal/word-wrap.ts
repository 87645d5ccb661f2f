import { printable } from "#terminal/paint.ts";

/**
 * Wraps text that comes in pieces at the spaces between its words, so that no terminal cuts a word in two. A word that is longer than a line
 * is left as it is. The last word is held until what follows shows where it ends.
 */
export class WordWrap {
  readonly #width: () => number;
  #column = 0;
  #word = "";

  constructor(width: () => number) {
    this.#width = width;
  }

  /** What can be written now. */
  push(text: string): string {
    let out = "";
    for (const part of printable(text).split(/( |\n)/)) {
      if (part === " " || part === "\n") out += this.#end(part);
      else this.#word += part;
    }
    return out;
  }

  /** The last word, at the end of the text. */
  flush(): string {
    return this.#end("");
  }

  /** Whether a line has been begun. */
  get midLine(): boolean {
    return this.#column > 0;
  }

  #end(separator: string): string {
    const word = this.#word;
    this.#word = "";
    let out = word;
    if (this.#column > 0 && word !== "" && this.#column + word.length > this.#width()) {
      out = `\n${word}`;
      this.#column = 0;
    }
    this.#column += word.length;
    if (separator === "\n") {
      this.#column = 0;
      return `${out}\n`;
    }
    this.#column += separator.length;
    return out + separator;
  }
}
