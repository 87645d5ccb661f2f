import { ModelError } from "#model/error.ts";

/**
 * A failure as the AI SDK knows it: its `APICallError`, recognised by its marks, so that its retries and its users can tell what it is.
 * An abort stays the abort that it is. Anything that is no `ModelError` is a bug and stays as it is.
 */
export function asCallError(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  return error instanceof ModelError ? new CallError(error) : error;
}

class CallError extends Error {
  override readonly name = "AI_APICallError";
  readonly url = "";
  readonly requestBodyValues: Readonly<Record<string, never>> = {};
  readonly statusCode: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly isRetryable: boolean;
  /** The kind of the failure and what to do about it. */
  readonly data: { readonly kind: string; readonly advice: string };

  constructor(cause: ModelError) {
    super(cause.message, { cause });
    const { status, retryAfterMs } = cause.details;
    this.statusCode = status ?? cause.policy.httpStatus;
    this.responseHeaders = retryAfterMs === undefined ? {} : { "retry-after-ms": String(retryAfterMs) };
    this.isRetryable = cause.policy.retry;
    for (const mark of MARKS) Object.defineProperty(this, Symbol.for(mark), { value: true });
    this.data = { kind: cause.kind, advice: cause.advice };
  }
}

/** By these the AI SDK knows its errors, whichever copy of a package made them. */
const MARKS = ["vercel.ai.error", "vercel.ai.error.AI_APICallError"];
