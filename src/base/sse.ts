import { LineSplitter } from "#base/lines.ts";

/** One server-sent event. `event` is empty where the stream names none. */
export type SseEvent = { readonly event: string; readonly data: string };

/**
 * Parses `text/event-stream` as the WHATWG standard defines it (html.spec.whatwg.org, 9.2.6), with one leniency: an event that the end of the
 * stream cuts off before its blank line is still given, since many model servers end so. Comments, `id` and `retry` are dropped.
 * Throws `LineTooLong`.
 */
export class SseParser {
  readonly #lines: LineSplitter;
  #event = "";
  #data: string | undefined;

  constructor(lineLimit?: number) {
    this.#lines = new LineSplitter(lineLimit);
  }

  push(bytes: Uint8Array): SseEvent[] {
    return this.#parse(this.#lines.push(bytes));
  }

  end(): SseEvent[] {
    return this.#parse([...this.#lines.end(), ""]);
  }

  #parse(lines: readonly string[]): SseEvent[] {
    const events: SseEvent[] = [];
    for (const line of lines) {
      if (line === "") {
        if (this.#data !== undefined) events.push({ event: this.#event, data: this.#data });
        this.#data = undefined;
        this.#event = "";
      } else if (line.startsWith("data:")) {
        const data = value(line, 5);
        this.#data = this.#data === undefined ? data : `${this.#data}\n${data}`;
      } else if (line.startsWith("event:")) {
        this.#event = value(line, 6);
      } else if (line === "data") {
        this.#data = this.#data === undefined ? "" : `${this.#data}\n`;
      }
    }
    return events;
  }
}

/** What follows the colon, less one leading space. */
const value = (line: string, from: number): string => (line.charCodeAt(from) === 32 ? line.slice(from + 1) : line.slice(from));
