import { createInterface } from "node:readline";

/** `next` gives the next line, empty where no more come. It rejects with the signal's reason. */
type PipedLines = { next(signal: AbortSignal): Promise<string>; close(): void };

/** Most lines that are kept until somebody asks for them. */
const KEPT_LINES = 100;

/** The lines of a pipe, one asked for after the other. Nothing is read before the first is asked for. */
export function openPipedLines(stdin: NodeJS.ReadStream): PipedLines {
  const lines: string[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  let close: () => void = () => undefined;
  const start = () => {
    const reader = createInterface({ input: stdin });
    reader.on("line", (line) => {
      if (lines.length < KEPT_LINES) lines.push(line.trim());
      wake?.();
    });
    reader.once("close", () => {
      ended = true;
      wake?.();
    });
    close = () => reader.close();
  };
  let started = false;
  return {
    next: (signal) =>
      new Promise((resolve, reject) => {
        if (!started) start();
        started = true;
        const settle = () => {
          const line = lines.shift();
          if (line === undefined && !ended) return;
          wake = undefined;
          signal.removeEventListener("abort", abort);
          resolve(line ?? "");
        };
        const abort = () => {
          wake = undefined;
          reject(signal.reason as Error);
        };
        signal.addEventListener("abort", abort, { once: true });
        wake = settle;
        if (signal.aborted) abort();
        else settle();
      }),
    close: () => close(),
  };
}
