import { asObject } from "#base/json.ts";
import { createContext, Script, type Context } from "node:vm";

/** A line that matches: its index among the lines given, and the column (UTF-16 units) where the match starts. */
export type Hit = { readonly index: number; readonly column: number };

/** Thrown where a pattern takes longer over some lines than any sane one does. */
export class PatternTooSlow extends Error {
  override readonly name = "PatternTooSlow";
}

/**
 * Finds the lines that match a pattern. It runs where it can be stopped: a pattern such as `(a+)+$` would else hold up the whole
 * program for years.
 */
export class RegexScan {
  readonly #context: Context;
  readonly #script: Script;
  readonly #limitMs: number;

  /** `limitMs`: the longest that the lines of one call may take. */
  constructor(pattern: RegExp, limitMs: number = 1_000) {
    this.#context = createContext({ pattern, lines: [], hits: [] });
    this.#script = new Script(SCAN);
    this.#limitMs = limitMs;
  }

  /** Throws `PatternTooSlow`. */
  hits(lines: readonly string[]): readonly Hit[] {
    const hits: Hit[] = [];
    Object.assign(this.#context, { lines, hits });
    try {
      this.#script.runInContext(this.#context, { timeout: this.#limitMs });
    } catch (error) {
      // No `instanceof`: the error is of the other context.
      if (asObject(error)?.["code"] !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      throw new PatternTooSlow(`the pattern needs too long (over ${this.#limitMs} ms for ${lines.length} lines)`);
    }
    return hits;
  }
}

const SCAN = `((pattern, lines, hits) => {
  for (let index = 0; index < lines.length; index += 1) {
    const column = lines[index].search(pattern);
    if (column !== -1) hits.push({ index, column });
  }
})(pattern, lines, hits)`;
