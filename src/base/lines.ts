/** Thrown by `LineSplitter` for a line over its limit: a peer that never ends a line must not fill the memory. */
export class LineTooLong extends Error {
  override readonly name = "LineTooLong";
}

/**
 * Cuts a byte stream into lines, whatever the chunks: a chunk may end inside a character or between CR and LF. LF, CRLF and a lone CR end a
 * line; a leading byte order mark is dropped; wrong UTF-8 becomes U+FFFD. Work is linear in the bytes: an unfinished line is kept in pieces.
 */
export class LineSplitter {
  #decoder = new TextDecoder("utf-8");
  #pieces: string[] = [];
  #held = 0;
  #skipLf = false;
  readonly #limit: number;

  /** `limit`: the longest line in UTF-16 units. */
  constructor(limit: number = 32 * 1024 * 1024) {
    this.#limit = limit;
  }

  /** The lines that these bytes complete, without their ends. */
  push(bytes: Uint8Array): string[] {
    return this.#split(this.#decoder.decode(bytes, { stream: true }));
  }

  /** What is left after the last line end; empty where there is nothing. */
  end(): string[] {
    const lines = this.#split(this.#decoder.decode());
    const rest = this.#pieces.join("");
    this.#pieces = [];
    this.#held = 0;
    if (rest !== "") lines.push(rest);
    return lines;
  }

  #split(text: string): string[] {
    const lines: string[] = [];
    let from = 0;
    if (this.#skipLf && text !== "") {
      if (text.charCodeAt(0) === LF) from = 1;
      this.#skipLf = false;
    }
    // Most streams never use CR: one search tells, and the loop then looks for LF alone.
    let cr = text.indexOf("\r", from);
    let lf = text.indexOf("\n", from);
    while (lf !== -1 || cr !== -1) {
      const end = cr !== -1 && (lf === -1 || cr < lf) ? cr : lf;
      lines.push(this.#complete(text.slice(from, end)));
      from = end + 1;
      if (end === cr) {
        if (from === text.length) this.#skipLf = true;
        else if (text.charCodeAt(from) === LF) from += 1;
        cr = text.indexOf("\r", from);
      }
      if (lf !== -1 && lf < from) lf = text.indexOf("\n", from);
    }
    if (from < text.length) this.#keep(text.slice(from));
    return lines;
  }

  #complete(piece: string): string {
    if (this.#pieces.length === 0) {
      this.#check(piece.length);
      return piece;
    }
    this.#keep(piece);
    const line = this.#pieces.join("");
    this.#pieces = [];
    this.#held = 0;
    return line;
  }

  #keep(piece: string): void {
    this.#held += piece.length;
    this.#check(this.#held);
    this.#pieces.push(piece);
  }

  #check(length: number): void {
    if (length > this.#limit) throw new LineTooLong(`a line is longer than ${this.#limit} characters`);
  }
}

const LF = 10;
