import { execFile } from "node:child_process";

export type ProgramCall = {
  readonly program: string;
  readonly args: readonly string[];
  /** Written to its stdin, which is then closed: here secrets may stand, in `args` everybody sees them. */
  readonly input?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** It is killed after this time, in ms. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
};

export type ProgramResult = {
  /** Null where it could not be started, was killed or took too long. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a small program and waits for its end. Never throws; an output over 64 KiB counts as killed. */
export function runProgram({ program, args, input = "", env, limitMs, signal }: ProgramCall): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, timeout: limitMs, signal, maxBuffer: 64 * 1024, killSignal: "SIGKILL" as const };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      resolve({ code, stdout, stderr });
    });
    // A program that ends without reading its input says what is wrong by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}
