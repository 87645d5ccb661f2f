import { redact } from "#base/redact.ts";

/**
 * The environment of a command: without what looks like a secret by its name or its form (a key, a password in a URL), without copies of such
 * a secret under another name, and set so that nothing asks, pages or colours.
 */
export function commandEnv(base: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const secrets = new Set(Object.entries(base).flatMap(([name, value]) => (SECRET_NAME.test(name) && isSecretValue(value) ? [value] : [])));
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || SECRET_NAME.test(name) || secrets.has(value) || redact(value) !== value) continue;
    env[name] = value;
  }
  return { ...env, ...QUIET };
}

/** A path or a word may well stand under a name that looks secret (`SSH_AUTH_SOCK`), and elsewhere too. */
const isSecretValue = (value: string | undefined): value is string => value !== undefined && value.length >= 12 && !value.startsWith("/");

/** `GIT_AUTHOR_NAME` is no secret. */
const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH(?!OR)|PRIVATE|COOKIE|(^|_)(PASS|PAT|DSN)$/i;

const QUIET = {
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
  GIT_EDITOR: "true",
  TERM: "dumb",
  NO_COLOR: "1",
} as const;
