import type { IncomingMessage } from "node:http";

/** Thrown for a request body over the limit. */
export class BodyTooLarge extends Error {
  override readonly name = "BodyTooLarge";
}

const LIMIT_BYTES = 64 * 1024 * 1024;

/** The whole body as text. Throws `BodyTooLarge` over 64 MiB, without waiting for the rest. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const tooLarge = () => new BodyTooLarge(`the request body is larger than ${LIMIT_BYTES / 1024 / 1024} MiB`);
  if (Number(request.headers["content-length"] ?? 0) > LIMIT_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Left early, the loop must not destroy the socket: the refusal is still to be sent on it.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > LIMIT_BYTES) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
