import type { Surroundings } from "#cli/command.ts";

type Asking = Pick<Surroundings, "stdin" | "stdout" | "signal">;

/** Asks for one line. Null where the user leaves: Ctrl-C, Ctrl-D, the end of the input, or a signal. */
export async function readAnswer(question: string, { stdin, stdout, signal }: Asking): Promise<string | null> {
  if (signal.aborted) return null;
  const { createInterface } = await import("node:readline");
  const lines = createInterface({ input: stdin, output: stdout, terminal: stdout.isTTY });
  return new Promise((resolve) => {
    const leave = () => lines.close();
    signal.addEventListener("abort", leave, { once: true });
    lines.once("SIGINT", leave);
    lines.once("close", () => {
      signal.removeEventListener("abort", leave);
      resolve(null);
    });
    lines.question(question, (answer) => {
      resolve(answer.trim());
      lines.close();
    });
  });
}
