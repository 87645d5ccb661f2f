import { fstatSync } from "node:fs";
import { UsageError } from "#base/usage-error.ts";

/** Most that is read from stdin, in bytes. */
const INPUT_LIMIT = 10 * 1024 * 1024;
/** A pipe that nobody writes to is not waited for longer than this, in ms, where the command line already has a prompt. */
const FIRST_BYTE_MS = 1000;
/** Longest silence within the input, in ms. */
const SILENCE_MS = 600_000;

/**
 * The prompt: the arguments, what stdin brings, or both with an empty line between. A lone `-` stands for stdin. Throws `UsageError` where
 * there is none.
 */
export async function readPrompt(positionals: readonly string[], stdin: () => NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  const argument = positionals.filter((word) => word !== "-").join(" ");
  const wanted = argument.trim() === "" || positionals.includes("-");
  const input = brings() ? await readInput(stdin(), wanted ? SILENCE_MS : FIRST_BYTE_MS, signal) : "";
  const prompt = [argument, input].filter((part) => part.trim() !== "").join("\n\n");
  if (prompt === "") throw new UsageError("the prompt is empty", 'Give the task: factory exec "fix the failing test", or pipe it in.');
  return prompt;
}

/** Whether stdin is a pipe, a file or a socket; a terminal and /dev/null bring nothing. */
function brings(): boolean {
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isFile() || stat.isSocket();
  } catch {
    return false;
  }
}

function readInput(stdin: NodeJS.ReadStream, firstByteMs: number, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      stdin.removeAllListeners();
      stdin.pause();
      // An open pipe must not keep the process alive.
      stdin.unref?.();
      settle();
    };
    const done = () => finish(() => resolve(Buffer.concat(chunks).toString("utf8")));
    const timer = setTimeout(done, firstByteMs);
    signal.addEventListener("abort", () => finish(() => reject(signal.reason as Error)), { once: true });
    stdin.on("data", (chunk: Buffer) => {
      clearTimeout(timer);
      chunks.push(chunk);
      size += chunk.length;
      if (size > INPUT_LIMIT)
        finish(() =>
          reject(new UsageError("the prompt on stdin is larger than 10 MiB", "Put it into a file and name the file in the prompt.")),
        );
    });
    stdin.once("end", done);
    stdin.once("error", (error) =>
      finish(() => reject(new UsageError(`stdin cannot be read: ${error.message}`, "Give the prompt as an argument."))),
    );
  });
}
