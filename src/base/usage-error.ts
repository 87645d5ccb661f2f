/**
 * A mistake of the user or of the configuration. `message` says what is wrong and why, `advice` what to do, each in one line without a secret.
 * The command line ends with exit code 2.
 */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.advice = advice;
  }
}
