/** Repeats at which the model is told, and at which the run is stopped. */
const NUDGE_AT = 3;
const STOP_AT = 5;
/** Longest pattern of turns that is looked for: AAA, ABAB, ABCABC. */
const LONGEST_PATTERN = 3;

export type Verdict = "fine" | "nudge" | "stop";

/**
 * Watches a run for circles: the same turn again and again, or a few turns in turn. A turn is its calls with their results; a turn whose text
 * alone repeats counts as well. Each circle is nudged once.
 */
export class CircleWatch {
  #turns: string[] = [];
  #texts: string[] = [];
  #nudged = false;

  /** `calls`: name, arguments and result of each call of the turn. */
  turn(calls: readonly string[], text: string): Verdict {
    this.#turns.push(calls.map(withoutTimes).join("\n"));
    this.#texts.push(text.trim().length >= SHORTEST_TEXT ? text.trim() : `${this.#texts.length}`);
    const repeats = Math.max(repeatsOf(this.#turns), repeatsOf(this.#texts));
    if (repeats >= STOP_AT) return "stop";
    if (repeats < NUDGE_AT) {
      this.#nudged = false;
      return "fine";
    }
    if (this.#nudged) return "fine";
    this.#nudged = true;
    return "nudge";
  }
}

/** A shorter text ("Done.", "Let me look.") may well come twice. */
const SHORTEST_TEXT = 40;

/** How often the pattern at the end of the list has come in a row; 1 where nothing repeats. */
function repeatsOf(items: readonly string[]): number {
  let most = 1;
  for (let length = 1; length <= LONGEST_PATTERN; length += 1) {
    let matching = 0;
    while (matching + length < items.length && items.at(-1 - matching) === items.at(-1 - matching - length)) matching += 1;
    most = Math.max(most, Math.floor(matching / length) + 1);
  }
  return most;
}

/** Two runs of one command differ in their times alone. */
const withoutTimes = (text: string): string => text.replace(TIMES, "#");

const TIMES = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?|\b\d\d:\d\d:\d\d(\.\d+)?\b|\b\d+(\.\d+)? ?m?s\b|(?<=duration_ms )\d+(\.\d+)?/g;

/** A text stream that repeats itself without end: the same stretch over and over. Looks only when another `STEP` characters have come. */
export class RepeatWatch {
  #tail = "";
  #unchecked = 0;

  /** Whether the text has run into a repeat. */
  push(text: string): boolean {
    this.#tail = (this.#tail + text).slice(-WINDOW);
    this.#unchecked += text.length;
    if (this.#unchecked < STEP || this.#tail.length < WINDOW) return false;
    this.#unchecked = 0;
    const period = shortestPeriod(this.#tail);
    return period <= LONGEST_PERIOD && new Set(this.#tail.slice(0, period)).size >= FEWEST_LETTERS;
  }
}

const WINDOW = 6000;
const STEP = 1000;
const LONGEST_PERIOD = 600;
/** A ruler of dashes or a row of zeros is no circle. */
const FEWEST_LETTERS = 5;

/** Knuth-Morris-Pratt failure function: the shortest stretch whose repetition gives the text. */
function shortestPeriod(text: string): number {
  const fallback = new Uint16Array(text.length);
  let matched = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (matched > 0 && text.charCodeAt(at) !== text.charCodeAt(matched)) matched = fallback[matched - 1] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(matched)) matched += 1;
    fallback[at] = matched;
  }
  return text.length - matched;
}
