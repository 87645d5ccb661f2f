import type { Clock } from "#base/clock.ts";
import { redact } from "#base/redact.ts";
import type { TraceEntry } from "#wires/http-model.ts";

/** `at` in milliseconds since 1970. */
export type LoggedEntry = TraceEntry & { readonly at: number };

/** What went over the wire since it was last looked at. Secrets are masked in the bytes, which a report may quote. */
export class WireLog {
  readonly #clock: Clock;
  #secrets: readonly string[] = [];
  #entries: LoggedEntry[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  hide(secret: string): void {
    this.#secrets = [...this.#secrets, secret];
  }

  add(entry: TraceEntry): void {
    const shown = entry.type === "bytes" ? { ...entry, text: redact(entry.text, this.#secrets) } : entry;
    this.#entries.push({ ...shown, at: this.#clock.now() });
  }

  take(): readonly LoggedEntry[] {
    const entries = this.#entries;
    this.#entries = [];
    return entries;
  }
}
