/** The environment of a command: without what looks like a secret, and set so that nothing asks, pages or colours. */
export function commandEnv(base: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value !== undefined && !SECRET_NAME.test(name)) env[name] = value;
  }
  return { ...env, ...QUIET };
}

/** By name only. `GIT_AUTHOR_NAME` is no secret. */
const SECRET_NAME = /KEY|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|AUTH(?!OR)|PRIVATE|COOKIE|(^|_)(PASS|PAT|DSN)$/i;

const QUIET = {
  PAGER: "cat",
  GIT_PAGER: "cat",
  GIT_TERMINAL_PROMPT: "0",
  GIT_EDITOR: "true",
  TERM: "dumb",
  NO_COLOR: "1",
} as const;
