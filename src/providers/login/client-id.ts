import { UsageError } from "#base/usage-error.ts";
import type { Env } from "#providers/keys.ts";
import type { Authority } from "#providers/login/authority.ts";

/** `instead`: what a person without a client id can do, as a sentence. */
export type ClientIdSource = { readonly variable: string; readonly instead: string };

/**
 * The id of the application that signs in. factory has none of its own at these authorities and does not borrow another product's: the
 * operator registers one and names it. Throws `UsageError` saying so.
 */
export function clientIdFrom({ variable, instead }: ClientIdSource, env: Env, { name }: Authority): string {
  const id = env[variable]?.trim() ?? "";
  if (/^[\x21-\x7e]{1,200}$/.test(id)) return id;
  throw new UsageError(
    `${name} signs in registered applications only, and ${variable} ${id === "" ? "is not set" : "is no client id"}`,
    `Set it to the client id of an application that you registered there. ${instead}`,
  );
}
