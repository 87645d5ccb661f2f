import { EventStreamCodec } from "@smithy/eventstream-codec";
import { ModelError } from "#model/error.ts";

/** One message of an AWS event stream. `headers` holds those that are text, such as `:event-type`. */
export type Frame = { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array };

/** The largest frame of the format, in bytes. */
const FRAME_LIMIT = 16 * 1024 * 1024;

/** The length and the checksums of a frame without headers and body, in bytes. */
const LEAST_FRAME = 16;

/**
 * Cuts a stream of `application/vnd.amazon.eventstream` into its frames, however its bytes arrive. The frames come one by one, so that those
 * before a broken one are still given. Throws `ModelError` (`bad-response`) for a length or a checksum that is wrong.
 */
export class FrameReader {
  readonly #codec = newCodec();
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Bytes without which nothing more can be read: pieces are joined only once a frame is whole. */
  #needed = LEAST_FRAME;

  *push(bytes: Uint8Array): Generator<Frame> {
    // A copy: whoever gave the bytes may write over them.
    this.#chunks.push(Uint8Array.from(bytes));
    this.#size += bytes.length;
    if (this.#size < this.#needed) return;
    let rest = Buffer.concat(this.#chunks);
    let length = frameLength(rest);
    while (length !== undefined && rest.length >= length) {
      const frame = this.#decode(rest.subarray(0, length));
      rest = rest.subarray(length);
      yield frame;
      length = frameLength(rest);
    }
    this.#chunks = [rest];
    this.#size = rest.length;
    this.#needed = length ?? LEAST_FRAME;
  }

  /** Whether a frame was begun and not ended. */
  get isInside(): boolean {
    return this.#size > 0;
  }

  #decode(bytes: Uint8Array): Frame {
    try {
      const { headers, body } = this.#codec.decode(bytes);
      const texts = Object.entries(headers).flatMap(([name, { type, value }]) => (type === "string" ? [[name, value] as const] : []));
      return { headers: Object.fromEntries(texts), body };
    } catch (cause) {
      throw new ModelError("bad-response", "a frame of the answer is damaged: its checksum or its headers are wrong", { cause });
    }
  }
}

/** One frame with text headers. */
export function encodeFrame(headers: Frame["headers"], body: string): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: "string" as const, value }] as const);
  return newCodec().encode({ headers: Object.fromEntries(typed), body: Buffer.from(body) });
}

/** Whether an answer that begins with this byte is a stream of frames: it is the top byte of a length below the limit. */
export const beginsFrame = (byte: number | undefined): boolean => byte === 0 || byte === 1;

const newCodec = (): EventStreamCodec =>
  new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString("utf8"),
    (text) => Buffer.from(text),
  );

function frameLength(bytes: Buffer): number | undefined {
  if (bytes.length < LEAST_FRAME) return undefined;
  const length = bytes.readUInt32BE(0);
  if (length < LEAST_FRAME || length > FRAME_LIMIT) {
    throw new ModelError("bad-response", `a frame of the answer claims to be ${length} bytes long: this is no AWS event stream`);
  }
  return length;
}
