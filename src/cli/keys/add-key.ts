import { UsageError } from "#base/usage-error.ts";
import { ModelError } from "#model/error.ts";
import { requireProvider } from "#providers/find.ts";
import { findKey } from "#providers/keys.ts";
import type { Vault } from "#vault/vault.ts";
import { askYes } from "#cli/ask-line.ts";
import type { Surroundings } from "#cli/command.ts";
import { checkKey, checkWords, type KeyCheck } from "#cli/keys/check-key.ts";
import { ending } from "#cli/keys/known-keys.ts";
import { readKey } from "#cli/keys/read-key.ts";

export type Adding = {
  readonly provider: string;
  readonly label: string | undefined;
  /** A key given on the command line. */
  readonly argument: string | undefined;
  /** Save it whatever the provider says. */
  readonly force: boolean;
};

/** Reads a key, checks it with its provider and keeps it. Throws what speaks against it where nobody can or will say "save anyway". */
export async function addKey({ provider: name, label, argument, force }: Adding, vault: Vault, around: Surroundings): Promise<number> {
  const provider = requireProvider(name);
  const secret = await readKey(argument, provider.slug, around);
  const twin = (await vault.keysOf(provider.slug)).find((entry) => entry.secret === secret);
  if (twin !== undefined) {
    throw new UsageError(`this key of ${provider.slug} is in the vault already`, `It is the one labelled ${JSON.stringify(twin.label)}.`);
  }
  const check = await checkKey(provider, secret, around);
  const words = checkWords(check, [secret]);
  if (!force && !(await wanted(check, words, around))) throw refusal(check);
  const entry = await vault.add({ provider: provider.slug, label, secret });
  around.stdout.write(`${provider.row.name}: saved as ${JSON.stringify(entry.label)} ${ending(entry.last4)}`.trimEnd() + ` – ${words}\n`);
  const { key } = findKey(provider.row.auth, { env: around.env });
  if (key !== null) around.stderr.write(`factory: ${key.name} is set, and its key is used before those of the vault\n`);
  return 0;
}

async function wanted(check: KeyCheck, words: string, around: Surroundings): Promise<boolean> {
  if (check.outcome === "ok" || check.outcome === "open") return true;
  if (!around.stdin.isTTY) return false;
  around.stderr.write(`${words}\n`);
  return askYes("Save it anyway?", around);
}

/** The reason, with what would save the key all the same. */
function refusal(check: KeyCheck): Error {
  if (check.outcome === "ok" || check.outcome === "open") return new Error("a key that nothing speaks against was not saved");
  const { error } = check;
  const advice = `Nothing was saved. ${error.advice} To save the key all the same: --force.`;
  if (error instanceof UsageError) return new UsageError(error.message, advice);
  return new ModelError(error.kind, error.message, { ...error.details, advice });
}
