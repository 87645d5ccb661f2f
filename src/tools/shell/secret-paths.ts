import { lstat, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

export type SecretPath = { readonly path: string; readonly isFolder: boolean };

/**
 * What a sandboxed command must not read: keys, logins, histories and browser profiles, as far as they exist. Paths come with symbolic
 * links resolved. `more`: absolute paths to hide as well.
 */
export async function secretPaths(home: string, more: readonly string[]): Promise<readonly SecretPath[]> {
  const found = new Map<string, SecretPath>();
  for (const named of [...IN_HOME.map((path) => join(home, path)), ...SYSTEM, ...more]) {
    const secret = await resolved(named);
    if (secret !== undefined) found.set(secret.path, secret);
  }
  return [...found.values()];
}

const IN_HOME = [
  ".ssh",
  ".gnupg",
  ".aws",
  ".azure",
  ".oci",
  ".kube",
  ".docker",
  ".factory",
  ".config/gcloud",
  ".config/gh",
  ".config/hub",
  ".config/glab-cli",
  ".config/op",
  ".config/rclone",
  ".config/doctl",
  ".config/heroku",
  ".config/github-copilot",
  ".config/git/credentials",
  ".config/containers",
  ".netrc",
  ".npmrc",
  ".yarnrc.yml",
  ".pypirc",
  ".pgpass",
  ".my.cnf",
  ".git-credentials",
  ".vault-token",
  ".terraform.d",
  ".terraformrc",
  ".cargo/credentials",
  ".cargo/credentials.toml",
  ".gem/credentials",
  ".m2/settings.xml",
  ".gradle/gradle.properties",
  ".fly",
  ".huggingface",
  ".cache/huggingface/token",
  ".password-store",
  ".local/share/keyrings",
  ".local/share/kwalletd",
  ".pki",
  ".electrum",
  ".bitcoin",
  ".claude",
  ".claude.json",
  ".codex",
  ".gemini",
  ".qwen",
  ".config/goose",
  ".local/share/opencode",
  ".copilot",
  ".bash_history",
  ".zsh_history",
  ".node_repl_history",
  ".python_history",
  ".psql_history",
  ".local/share/fish/fish_history",
  ".mozilla",
  ".thunderbird",
  ".config/google-chrome",
  ".config/chromium",
  ".config/BraveSoftware",
  ".config/microsoft-edge",
  ".config/vivaldi",
  "snap/firefox",
  "snap/chromium",
  ".var/app",
  ".config/1Password",
  ".config/Signal",
  ".config/Slack",
  ".config/discord",
  "Library/Keychains",
  "Library/Cookies",
  "Library/Safari",
  "Library/Mail",
  "Library/Messages",
  "Library/Application Support/Google/Chrome",
  "Library/Application Support/Firefox",
  "Library/Application Support/BraveSoftware",
  "Library/Application Support/Microsoft Edge",
  "Library/Application Support/1Password",
  "Library/Application Support/Slack",
] as const;

/** Readable where the program runs as root. */
const SYSTEM = ["/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d"] as const;

async function resolved(named: string): Promise<SecretPath | undefined> {
  try {
    await lstat(named);
    const path = await realpath(named);
    return { path, isFolder: (await stat(path)).isDirectory() };
  } catch {
    return undefined;
  }
}
