import { redact } from "#base/redact.ts";
import { UsageError } from "#base/usage-error.ts";
import { ModelError } from "#model/error.ts";
import type { Surroundings } from "#cli/command.ts";
import { abortedCode } from "#base/stopped.ts";

/** What a failure means for the process: its exit code and what is told. */
export type Report = {
  readonly code: number;
  /** One word: `usage`, `aborted`, `defect`, or the error's kind. */
  readonly reason: string;
  readonly message: string;
  readonly advice?: string;
};

export function toReport(error: unknown, signal: AbortSignal): Report {
  if (signal.aborted) return { code: abortedCode(signal), reason: "aborted", message: "stopped" };
  if (error instanceof UsageError) return { code: 2, reason: "usage", message: redact(error.message), advice: redact(error.advice) };
  if (error instanceof ModelError) {
    return { code: error.policy.exitCode, reason: error.kind, message: redact(error.message), advice: redact(error.advice) };
  }
  const message = redact(`unexpected failure: ${error instanceof Error ? error.message : String(error)}`);
  return { code: 1, reason: "defect", message, advice: "This is a defect of factory. FACTORY_DEBUG=1 shows where it happened." };
}

/** Tells a failure on stderr, without a secret and without a stack trace, and gives the exit code. */
export function reportError(error: unknown, around: Surroundings): number {
  const report = toReport(error, around.signal);
  tell(report, around);
  if (around.env["FACTORY_DEBUG"] === "1" && error instanceof Error) around.stderr.write(`${redact(error.stack ?? "")}\n`);
  return report.code;
}

/** What went wrong on one line of stderr, and what to do on the next. */
export const tell = ({ message, advice }: Pick<Report, "message" | "advice">, { stderr }: Pick<Surroundings, "stderr">): void => {
  stderr.write(redact(`factory: ${message}\n${advice === undefined ? "" : `  ${advice}\n`}`));
};
