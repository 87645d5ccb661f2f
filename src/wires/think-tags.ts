/** A part of an answer's text, told apart. */
export type ThoughtPiece = { readonly kind: "text" | "reasoning"; readonly text: string };

/**
 * Takes `<think>…</think>` (also `<thinking>`, `<thought>`) off the start of an answer's text, piece by piece: what is inside is
 * reasoning, the rest is text. Only what could still become a tag is held back, and blanks next to a tag are dropped. Without a tag at
 * the start the text passes unchanged. Unclosed reasoning lasts to the end. Work is linear in the text.
 */
export class ThinkTags {
  #state: "start" | "reasoning" | "after" | "text" = "start";
  /** Blanks that are dropped where a tag follows them. */
  #blanks = "";
  /** The beginning of what may become a tag; shorter than a tag. */
  #partial = "";
  #close = "";
  /** Nothing but blanks has followed the opening tag. */
  #atOpen = false;

  /** `true` once the text can hold no more reasoning: all that follows passes unchanged. */
  get passed(): boolean {
    return this.#state === "text";
  }

  push(text: string): readonly ThoughtPiece[] {
    const pieces: ThoughtPiece[] = [];
    let rest = text;
    while (rest !== "") rest = this.#step(rest, pieces);
    return pieces;
  }

  /** What is still held back. */
  end(): readonly ThoughtPiece[] {
    const held = this.#partial === "" && this.#state !== "start" ? "" : this.#blanks + this.#partial;
    const kind = this.#state === "reasoning" ? "reasoning" : "text";
    this.#blanks = "";
    this.#partial = "";
    this.#state = "text";
    return held === "" ? [] : [{ kind, text: held }];
  }

  /** Reads from the front and gives back what is left to read. */
  #step(text: string, pieces: ThoughtPiece[]): string {
    switch (this.#state) {
      case "start":
        return this.#findOpen(text, pieces);
      case "reasoning":
        return this.#findClose(text, pieces);
      case "after": {
        const rest = text.trimStart();
        if (rest !== "") this.#state = "text";
        return rest;
      }
      case "text":
        pieces.push({ kind: "text", text });
        return "";
    }
  }

  #findOpen(text: string, pieces: ThoughtPiece[]): string {
    let start = this.#partial + text;
    if (this.#partial === "") {
      const trimmed = start.trimStart();
      this.#blanks += start.slice(0, start.length - trimmed.length);
      start = trimmed;
    }
    const tag = TAGS.find(({ open }) => start.startsWith(open));
    if (tag !== undefined) {
      this.#state = "reasoning";
      this.#close = tag.close;
      this.#blanks = "";
      this.#partial = "";
      this.#atOpen = true;
      return start.slice(tag.open.length);
    }
    if (TAGS.some(({ open }) => open.startsWith(start))) {
      this.#partial = start;
      return "";
    }
    pieces.push({ kind: "text", text: this.#blanks + start });
    this.#state = "text";
    this.#blanks = "";
    this.#partial = "";
    return "";
  }

  #findClose(text: string, pieces: ThoughtPiece[]): string {
    let inside = this.#partial + text;
    this.#partial = "";
    if (this.#atOpen) {
      inside = inside.trimStart();
      if (inside === "") return "";
    }
    const end = inside.indexOf(this.#close);
    if (end === -1) {
      const cut = inside.length - tailLength(inside, this.#close);
      this.#partial = inside.slice(cut);
      this.#say(inside.slice(0, cut), pieces);
      return "";
    }
    this.#say(inside.slice(0, end), pieces);
    this.#blanks = "";
    this.#atOpen = false;
    this.#state = "after";
    return inside.slice(end + this.#close.length);
  }

  /** Gives reasoning less its last blanks, which wait for what comes next. */
  #say(text: string, pieces: ThoughtPiece[]): void {
    const trimmed = text.trimEnd();
    if (trimmed !== "") {
      pieces.push({ kind: "reasoning", text: this.#blanks + trimmed });
      this.#blanks = "";
      this.#atOpen = false;
    }
    this.#blanks += text.slice(trimmed.length);
  }
}

const TAGS = [
  { open: "<think>", close: "</think>" },
  { open: "<thinking>", close: "</thinking>" },
  { open: "<thought>", close: "</thought>" },
];

/** Length of the longest end of `text` that begins `tag`. */
function tailLength(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (tag.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
