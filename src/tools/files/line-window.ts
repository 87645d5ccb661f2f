import { read } from "node:fs";
import { promisify } from "node:util";
import { sniffEncoding } from "#tools/files/text-file.ts";

type WindowRequest = {
  readonly fd: number;
  /** First line wanted, from 1. */
  readonly offset: number;
  /** Lines at most. */
  readonly limit: number;
  /** UTF-8 bytes of text at most; the first line is always given. */
  readonly limitBytes: number;
  /** Characters of a line at most. */
  readonly lineLimit: number;
  readonly signal: AbortSignal;
};

export type LineWindow = {
  readonly lines: readonly string[];
  /** Lines cut at the limit, by their number. */
  readonly cut: ReadonlySet<number>;
  /** Lines of the whole file; with `complete` false, of the part that was looked at. */
  readonly total: number;
  /** False where the file is longer than what is looked at. */
  readonly complete: boolean;
};

/** More of a file is never looked at: about a tenth of a second. */
export const SCAN_LIMIT_BYTES = 64 * 1024 * 1024;

/** Reads a window of lines from an open file in bounded memory. LF and CRLF end a line. Throws when aborted or where reading fails. */
export async function readWindow(request: WindowRequest): Promise<LineWindow> {
  const buffer = Buffer.alloc(CHUNK_BYTES);
  const collector = new Collector(request);
  let position = 0;
  let decoder: TextDecoder | undefined;
  while (position < SCAN_LIMIT_BYTES) {
    request.signal.throwIfAborted();
    const { bytesRead } = await readAt(request.fd, buffer, 0, buffer.length, position);
    const bytes = buffer.subarray(0, bytesRead);
    decoder ??= new TextDecoder(sniffEncoding(bytes).encoding);
    if (bytesRead === 0) return collector.end(decoder.decode(), true);
    collector.push(decoder.decode(bytes, { stream: true }));
    position += bytesRead;
  }
  return collector.end("", false);
}

const readAt = promisify(read);
const CHUNK_BYTES = 256 * 1024;

class Collector {
  readonly #request: WindowRequest;
  readonly #lines: string[] = [];
  readonly #cut = new Set<number>();
  #full = false;
  #bytes = 0;
  /** Number of the line being read, from 1. */
  #number = 1;
  #line = "";
  #started = false;

  constructor(request: WindowRequest) {
    this.#request = request;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#add(text, from, end);
      this.#close();
      from = end + 1;
    }
    this.#add(text, from, text.length);
  }

  end(rest: string, complete: boolean): LineWindow {
    this.push(rest);
    if (this.#started) this.#close();
    return { lines: this.#lines, cut: this.#cut, total: this.#number - 1, complete };
  }

  #wanted(): boolean {
    return !this.#full && this.#number >= this.#request.offset && this.#lines.length < this.#request.limit;
  }

  #add(text: string, from: number, to: number): void {
    if (to > from) this.#started = true;
    // Two more than are shown tell a long line from one with a CR at its end.
    const room = this.#request.lineLimit + 2 - this.#line.length;
    if (room > 0 && this.#wanted()) this.#line += text.slice(from, Math.min(to, from + room));
  }

  #close(): void {
    if (this.#wanted()) this.#keep(this.#line.endsWith("\r") ? this.#line.slice(0, -1) : this.#line);
    this.#line = "";
    this.#started = false;
    this.#number += 1;
  }

  #keep(line: string): void {
    const { lineLimit, limitBytes } = this.#request;
    const shown = line.length > lineLimit ? line.slice(0, lineLimit).toWellFormed() : line;
    this.#bytes += Buffer.byteLength(shown) + 1;
    if (this.#bytes > limitBytes && this.#lines.length > 0) {
      this.#full = true;
      return;
    }
    if (line.length > lineLimit) this.#cut.add(this.#number);
    this.#lines.push(shown);
  }
}
