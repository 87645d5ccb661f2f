import { readAwsChain } from "#providers/login/aws-chain.ts";
import { readGoogleChain } from "#providers/login/google-chain.ts";
import type { Env } from "#providers/keys.ts";

export type Cloud = "google" | "aws";

/** `home`: the person's folder. `now`: milliseconds since 1970. */
export type CloudAround = { readonly env: Env; readonly home: string; readonly now: number };

/** What was found, in a sentence without a secret; or why it does not do, and the command that helps. */
export type CloudLogin =
  | { readonly ok: true; readonly found: string }
  | { readonly ok: false; readonly why: string; readonly todo: string };

/** Looks for the login that the cloud's own tools keep, where they look themselves and in their order. Asks no server. */
export function checkCloud(cloud: Cloud, around: CloudAround): Promise<CloudLogin> {
  switch (cloud) {
    case "google":
      return readGoogleChain(around);
    case "aws":
      return readAwsChain(around);
  }
}
