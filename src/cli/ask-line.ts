import { StringDecoder } from "node:string_decoder";
import { StoppedBySignal } from "#base/stopped.ts";
import { UsageError } from "#base/usage-error.ts";
import type { Surroundings } from "#cli/command.ts";

type Asking = Pick<Surroundings, "stdin" | "stderr" | "signal">;

/** `hidden`: what is typed or pasted is not shown. */
export type Question = { readonly text: string; readonly hidden: boolean };

/** Longest line, in characters, and longest wait for it, in ms. */
const LINE_LIMIT = 64 * 1024;
const WAIT_MS = 600_000;

/**
 * Asks for one line on the terminal that stdin is. Backspace and Ctrl-U correct it; what follows the line's end in a paste is dropped.
 * Throws `StoppedBySignal` for Ctrl-C and for Ctrl-D on an empty line, which the terminal does not turn into signals meanwhile.
 */
export function askLine({ text, hidden }: Question, { stdin, stderr, signal }: Asking): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder("utf8");
    let line = "";
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stdin.off("data", take).off("end", stop).setRawMode(false).pause();
      signal.removeEventListener("abort", abort);
      stderr.write("\n");
      settle();
    };
    const stop = () => finish(() => reject(new StoppedBySignal(130)));
    const abort = () => finish(() => reject(signal.reason as Error));
    const timer = setTimeout(() => finish(() => reject(noAnswer())), WAIT_MS);
    const take = (bytes: Buffer | string) => {
      for (const typed of decoder.write(Buffer.from(bytes)).replaceAll(ESCAPES, "")) {
        if (typed === "\r" || typed === "\n") return finish(() => resolve(line.trim()));
        if (typed === "\u0003" || (typed === "\u0004" && line === "")) return stop();
        line = edited(line, typed);
      }
      if (!hidden) stderr.write(`\r\u001b[K${text}${line}`);
    };
    signal.addEventListener("abort", abort, { once: true });
    // First the terminal stops showing what is typed, then it asks.
    stdin.setRawMode(true).resume().on("data", take).once("end", stop);
    stderr.write(text);
    if (signal.aborted) abort();
  });
}

/** Whether the answer is yes; anything but a clear yes is a no. */
export const askYes = async (text: string, asking: Asking): Promise<boolean> =>
  /^y(es)?$/i.test(await askLine({ text: `${text} [y/N] `, hidden: false }, asking));

/** What arrow keys and terminals that mark a paste send around it. */
const ESCAPES = /\u001b\[[0-9;]*[A-Za-z~]/g;

const noAnswer = (): UsageError => new UsageError("nobody answered within 10 minutes", "Run it again, or pipe the key in.");

function edited(line: string, typed: string): string {
  if (typed === "\u0015") return "";
  if (typed === "\u007f" || typed === "\b") return line.slice(0, -1);
  return typed < " " || line.length >= LINE_LIMIT ? line : line + typed;
}
