import { appendFileSync, closeSync, fchmodSync, fstatSync, openSync } from "node:fs";
import { systemClock } from "#base/clock.ts";
import { redact } from "#base/redact.ts";
import { UsageError } from "#base/usage-error.ts";
import type { TraceEntry } from "#wires/http-model.ts";

/**
 * Appends each entry to a JSONL file (0600), secrets masked by value and by shape. Throws `UsageError` where the file cannot be written.
 */
export function openTrace(path: string, secrets: readonly string[]): (entry: TraceEntry) => void {
  try {
    const file = openSync(path, "a", 0o600);
    // One that was there before may be open to others; a device or a pipe stays as it is.
    if (fstatSync(file).isFile()) fchmodSync(file, 0o600);
    closeSync(file);
  } catch (error) {
    throw new UsageError(
      `the trace file ${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      "Name another with --trace.",
    );
  }
  return (entry) => {
    const line = JSON.stringify({ at: new Date(systemClock.now()).toISOString(), ...withoutKeys(entry) });
    appendFileSync(path, `${redact(line, secrets)}\n`);
  };
}

function withoutKeys(entry: TraceEntry): TraceEntry {
  if (entry.type !== "request") return entry;
  const headers = Object.fromEntries(Object.entries(entry.headers).map(([name, value]) => [name, KEY_HEADER.test(name) ? "***" : value]));
  return { ...entry, headers };
}

const KEY_HEADER = /auth|key|token|cookie|secret/i;
