import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { OutgoingCall } from "#wires/http-model.ts";

export type AwsCredentials = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

type Signing = {
  readonly credentials: AwsCredentials;
  readonly region: string;
  readonly service: string;
  /** Milliseconds since 1970. */
  readonly now: number;
};

/**
 * The headers of a signature, version 4 (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). Signed are the method, the path, the
 * query, the body, and of the headers the host and the content type: a proxy may change any other.
 */
export async function signCall(
  { method, url, headers, body }: OutgoingCall,
  { credentials, region, service, now }: Signing,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const { protocol, hostname, host, pathname, searchParams } = new URL(url);
  const contentType = headers["content-type"];
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256, applyChecksum: false });
  const request = {
    method,
    protocol,
    hostname,
    path: pathname,
    query: Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)])),
    headers: { host, ...(contentType === undefined ? {} : { "content-type": contentType }) },
    body,
  };
  const signed = await signer.sign(request, { signingDate: new Date(now) });
  return Object.fromEntries(ADDED.flatMap((name) => (signed.headers[name] === undefined ? [] : [[name, signed.headers[name]]])));
}

const ADDED = ["authorization", "x-amz-date", "x-amz-security-token"];

/** SHA-256, or with a secret its HMAC, in the form that the signer wants. */
class Sha256 {
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {
    this.#hash = createHash("sha256");
  }
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
