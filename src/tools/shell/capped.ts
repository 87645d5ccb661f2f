import { closeSync, openSync, writeSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

export type CapOptions = {
  readonly headBytes: number;
  readonly tailBytes: number;
  /** Where the whole output goes once it no longer fits; nothing is written before. */
  readonly saveAs: string;
  readonly saveLimitBytes: number;
};

/** `savedAs` is absent where everything is in `text`, or the file could not be written. */
export type CappedText = { readonly text: string; readonly totalBytes: number; readonly savedAs?: string };

/** Takes output of any length and keeps its head and its tail; memory stays at the two caps. */
export class CappedOutput {
  readonly #options: CapOptions;
  readonly #head: Kept;
  readonly #tail: Kept;
  #total = 0;
  #file: number | undefined;
  #saved = 0;
  #saveFailed = false;

  constructor(options: CapOptions) {
    this.#options = options;
    this.#head = new Kept(options.headBytes);
    this.#tail = new Kept(options.tailBytes);
  }

  push(bytes: Uint8Array): void {
    const { headBytes, tailBytes } = this.#options;
    if (this.#total + bytes.length > headBytes + tailBytes) {
      if (this.#file === undefined) this.#openFile();
      this.#save(bytes);
    }
    this.#total += bytes.length;
    const forHead = bytes.subarray(0, headBytes - this.#head.bytes.length);
    this.#head.push(forHead);
    this.#tail.push(bytes.subarray(forHead.length));
  }

  /** Closes the file. What lies between head and tail is replaced by a line that counts it and names the file. */
  end(): CappedText {
    this.close();
    const totalBytes = this.#total;
    const kept = Buffer.concat([this.#head.bytes, this.#tail.bytes]);
    if (totalBytes === kept.length) return { text: readable(kept), totalBytes };
    const head = wholeLinesBefore(this.#head.bytes);
    const tail = wholeLinesAfter(this.#tail.bytes);
    const leftOut = totalBytes - head.length - tail.length;
    const { saveAs, saveLimitBytes } = this.#options;
    const savedAs = this.#saveFailed ? {} : { savedAs: saveAs };
    const what = totalBytes > saveLimitBytes ? `the first ${saveLimitBytes} bytes` : "all of it";
    const where = this.#saveFailed ? "" : ` (${what}: ${saveAs})`;
    return { text: `${readable(head)}\n… ${leftOut} bytes left out${where} …\n${readable(tail)}`, totalBytes, ...savedAs };
  }

  /** Safe to call twice. */
  close(): void {
    if (this.#file !== undefined && this.#file !== CLOSED) closeSync(this.#file);
    this.#file = CLOSED;
  }

  #openFile(): void {
    try {
      this.#file = openSync(this.#options.saveAs, "wx", 0o600);
      this.#save(this.#head.bytes);
      this.#save(this.#tail.bytes);
    } catch {
      this.#file = CLOSED;
      this.#saveFailed = true;
    }
  }

  /** Written at once and in order: a queue would grow with a program that writes faster than the disk. */
  #save(bytes: Uint8Array): void {
    if (this.#file === undefined || this.#file === CLOSED || this.#saveFailed) return;
    const part = bytes.subarray(0, this.#options.saveLimitBytes - this.#saved);
    try {
      for (let from = 0; from < part.length;) from += writeSync(this.#file, part, from);
      this.#saved += part.length;
    } catch {
      this.#saveFailed = true;
    }
  }
}

/** The last bytes of a stream, in one buffer made once: a buffer for each piece would pile up faster than it is collected. */
class Kept {
  readonly #limit: number;
  readonly #buffer: Buffer;
  #end = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
    this.#buffer = Buffer.alloc(2 * limitBytes);
  }

  get bytes(): Buffer {
    return this.#buffer.subarray(Math.max(0, this.#end - this.#limit), this.#end);
  }

  push(bytes: Uint8Array): void {
    const last = bytes.length > this.#limit ? bytes.subarray(-this.#limit) : bytes;
    if (this.#end + last.length > this.#buffer.length) this.#end = this.bytes.copy(this.#buffer);
    this.#buffer.set(last, this.#end);
    this.#end += last.length;
  }
}

/** What a terminal would leave standing: no escape codes or control characters, and of a line rewritten in place its last state. */
export function readable(bytes: Uint8Array): string {
  const plain = stripVTControlCharacters(new TextDecoder("utf-8").decode(bytes));
  return plain.split("\n").map(lastState).join("\n").replaceAll(CONTROLS, "").trimEnd();
}

function lastState(line: string): string {
  const text = line.endsWith("\r") ? line.slice(0, -1) : line;
  return text.slice(text.lastIndexOf("\r") + 1);
}

/** C0 and C1 but tab and line feed, and DEL. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

const CLOSED = -1;
const LF = 10;

/** A text without a line end is cut where a character of UTF-8 starts. */
function wholeLinesBefore(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LF);
  if (end !== -1) return bytes.subarray(0, end);
  let cut = bytes.length;
  while (cut > 0 && cut > bytes.length - 4 && isContinuation(bytes[cut - 1])) cut -= 1;
  // What is before the cut now starts a character: of one byte, or one that the cut has broken.
  return (bytes[cut - 1] ?? 0) < 0x80 ? bytes : bytes.subarray(0, Math.max(0, cut - 1));
}

function wholeLinesAfter(bytes: Buffer): Buffer {
  const end = bytes.subarray(0, -1).indexOf(LF);
  if (end !== -1) return bytes.subarray(end + 1);
  let start = 0;
  while (start < 4 && isContinuation(bytes[start])) start += 1;
  return bytes.subarray(start);
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
