import { createHash, randomBytes } from "node:crypto";

/** RFC 7636: the verifier stays here until the code is exchanged, its hash goes with the browser. */
export type Pkce = { readonly verifier: string; readonly challenge: string };

export function makePkce(): Pkce {
  const verifier = randomText();
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** 256 random bits that fit into a URL: a `state`, a `nonce`. */
export const randomText = (): string => randomBytes(32).toString("base64url");
