import { asNumber, asString, isObject } from "#base/json.ts";
import { redact } from "#base/redact.ts";
import { ModelError, withDetails, type ErrorKind } from "#model/error.ts";
import { errorFromAnswer, errorFromBody } from "#wires/answer-error.ts";
import type { Speaker } from "#ai-sdk/carry.ts";

type Context = {
  readonly speaker: Speaker;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Masked in every message. */
  readonly secrets: readonly string[];
};

/**
 * Whatever a model of the AI SDK threw or told in its stream, as a `ModelError`: by the HTTP answer that it holds, by the failure of the
 * connection behind it, by the error's own name, or by the payload that it is.
 */
export function toModelError(cause: unknown, { speaker, now, secrets }: Context): ModelError {
  const found = cause instanceof ModelError ? cause : read(cause, now);
  const message = redact(found.message, secrets);
  const details = { provider: speaker.provider, model: speaker.model, ...(found === cause ? {} : { cause }) };
  return withDetails(new ModelError(found.kind, message, found.details), details);
}

function read(error: unknown, now: number): ModelError {
  const fields: Readonly<Record<string, unknown>> = isObject(error) ? error : {};
  // A model of ours that went through the AI SDK.
  if (fields["cause"] instanceof ModelError) return fields["cause"];
  // The AI SDK's own retries wrap the last error.
  if (fields["lastError"] !== undefined) return read(fields["lastError"], now);
  const status = asNumber(fields["statusCode"]);
  const name = asString(fields["name"]) ?? "";
  const message = asString(fields["message"]) ?? "";
  if (name === "AI_APICallError" && status !== undefined && status >= 300) return fromAnswer(fields, status, now);
  const transport = transportKind(error);
  if (transport !== undefined) return told(transport, message);
  if (fields["data"] !== undefined && fields["data"] !== null) return errorFromBody(fields["data"], status, now);
  if (/ended without|terminated|without a finish/i.test(message)) return told("interrupted", message);
  const kind = KIND_OF_NAME[name];
  if (kind !== undefined) return told(kind, message);
  if (name === "AI_APICallError") return status === undefined ? told("network", message) : told("bad-response", message);
  if (error instanceof TypeError || error instanceof RangeError) return told("bad-response", `the provider's package failed: ${message}`);
  return errorFromBody(error, status, now);
}

function fromAnswer(fields: Readonly<Record<string, unknown>>, status: number, now: number): ModelError {
  const headers = Object.entries(isObject(fields["responseHeaders"]) ? fields["responseHeaders"] : {});
  const lower = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), String(value)]));
  return errorFromAnswer({ status, headers: lower, body: asString(fields["responseBody"]) ?? asString(fields["message"]) ?? "" }, now);
}

const told = (kind: ErrorKind, message: string): ModelError =>
  new ModelError(
    kind,
    redact(message.slice(0, MESSAGE_CHARACTERS)).replace(/[\s\p{Cc}]+/gu, " ") || "the provider's package gave no reason",
  );

const MESSAGE_CHARACTERS = 500;

/** The names that the AI SDK gives to its errors. */
const KIND_OF_NAME: Readonly<Record<string, ErrorKind>> = {
  AbortError: "aborted",
  TimeoutError: "timeout-total",
  AI_LoadAPIKeyError: "auth",
  AI_LoadSettingError: "auth",
  AI_NoSuchModelError: "model-not-found",
  AI_UnsupportedFunctionalityError: "unsupported-parameter",
  AI_InvalidPromptError: "bad-request",
  AI_InvalidArgumentError: "bad-request",
  AI_TypeValidationError: "bad-response",
  AI_JSONParseError: "bad-response",
  AI_InvalidResponseDataError: "bad-response",
  AI_EmptyResponseBodyError: "bad-response",
  AI_NoContentGeneratedError: "bad-response",
};

/** Codes of Node and of undici, by their beginnings; the first fit wins. */
const TRANSPORT: readonly (readonly [RegExp, ErrorKind])[] = [
  [/^(ENOTFOUND|EAI_)/, "dns"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EADDRNOTAVAIL)/, "network"],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)/, "timeout-connect"],
  [/^UND_ERR_HEADERS_TIMEOUT/, "timeout-first-token"],
  [/^UND_ERR_BODY_TIMEOUT/, "timeout-idle"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)/, "interrupted"],
  [/^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|UNABLE_TO_|SELF_SIGNED|EPROTO)/, "tls"],
];

/** Errors wrap errors; the connection's own stands at most this deep. */
const DEPTH = 6;

function transportKind(error: unknown, depth = 0): ErrorKind | undefined {
  if (depth > DEPTH || !isObject(error)) return undefined;
  const code = asString(error["code"]) ?? "";
  const [, kind] = TRANSPORT.find(([shape]) => shape.test(code)) ?? [];
  if (kind !== undefined) return kind;
  const first = Array.isArray(error["errors"]) ? transportKind(error["errors"][0], depth + 1) : undefined;
  return first ?? transportKind(error["cause"], depth + 1);
}
