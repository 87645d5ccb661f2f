import { findKey } from "#providers/keys.ts";
import type { Env } from "#providers/keys.ts";
import type { Auth, Provider } from "#providers/row.ts";

/** Whether the environment holds what the provider wants to see. A server on this machine is not counted: it has to be asked. */
export function isReady({ row }: Provider, env: Env): boolean {
  if (row.kind === "local") return false;
  if (findKey(row.auth, { env }).key !== null) return true;
  return (SIGNS[row.auth.scheme] ?? []).some((name) => (env[name]?.trim() ?? "") !== "");
}

/** Variables that show that there are credentials which are no keys. */
const SIGNS: Readonly<Partial<Record<Auth["scheme"], readonly string[]>>> = {
  aws: ["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"],
  "google-adc": ["GOOGLE_APPLICATION_CREDENTIALS"],
};
