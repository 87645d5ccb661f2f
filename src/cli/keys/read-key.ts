import { UsageError } from "#base/usage-error.ts";
import { askLine } from "#cli/ask-line.ts";
import type { Surroundings } from "#cli/command.ts";

/** A pipe that brings no end is not waited for longer, in ms. */
const PIPE_MS = 60_000;
const LIMIT_BYTES = 64 * 1024;

/**
 * The key: what was given as an argument, else asked for unseen on a terminal, else all of stdin. Throws `UsageError` for what is no key.
 */
export async function readKey(argument: string | undefined, who: string, around: Surroundings): Promise<string> {
  if (argument !== undefined) around.stderr.write(IN_SIGHT);
  const key = (argument ?? (await ask(who, around))).trim();
  if (key === "") throw new UsageError("no key was given", `Paste it at the prompt, or pipe it in: factory keys add ${who} < file`);
  if (/[^\x21-\x7e]/.test(key)) {
    throw new UsageError(
      "what was given has characters in it that no key has",
      "Copy the key again, without spaces, quotes or line breaks.",
    );
  }
  return key;
}

const IN_SIGHT =
  "factory: a key on the command line can be read by other processes and stays in the shell's history; leave it out to be asked for it\n";

const ask = (who: string, around: Surroundings): Promise<string> =>
  around.stdin.isTTY ? askLine({ text: `Key for ${who} (not shown): `, hidden: true }, around) : readPipe(around);

function readPipe({ stdin, signal }: Surroundings): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (settle: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
      stdin.removeAllListeners("data").removeAllListeners("end").pause();
      settle();
    };
    const fail = (message: string) =>
      finish(() => reject(new UsageError(message, "Pipe the key alone: factory keys add <provider> < file")));
    const abort = () => finish(() => reject(signal.reason as Error));
    const timer = setTimeout(() => fail(`stdin brought no key within ${PIPE_MS / 1000} s`), PIPE_MS);
    signal.addEventListener("abort", abort, { once: true });
    stdin.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LIMIT_BYTES) fail("what stdin brings is longer than any key");
    });
    stdin.once("end", () => finish(() => resolve(Buffer.concat(chunks).toString("utf8"))));
    stdin.once("error", (error) => fail(`stdin cannot be read: ${error.message}`));
  });
}
