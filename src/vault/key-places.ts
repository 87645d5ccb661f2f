import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "#base/usage-error.ts";
import { removeLeftovers, writeAtomic } from "#base/write-atomic.ts";
import { repairMode, type Warn } from "#vault/private-files.ts";
import { runProgram, type ProgramCall, type ProgramResult } from "#vault/run-program.ts";

/** What a place may use of the outside world. */
export type PlaceAround = {
  /** The vault's folder. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly signal: AbortSignal;
  readonly warn: Warn;
};

/** Somewhere the vault's own key can be kept. The key is 64 hexadecimal digits; each vault has its own, under the vault's id. */
type KeyPlace = {
  /** As people call it. */
  readonly title: string;
  /** Whether it answers here, soon. */
  available(around: PlaceAround): Promise<boolean>;
  /** `undefined` where there is none or a keychain does not give it. */
  read(vaultId: string, around: PlaceAround): Promise<string | undefined>;
  /** Called only where there is none, with the vault's lock held. A failure may also show only when the key is read back. */
  write(vaultId: string, key: string, around: PlaceAround): Promise<void>;
};

/** In the order in which they are tried for a new vault. `file` always serves. */
export const KEY_PLACES = {
  keychain: {
    title: "the macOS keychain",
    available: async (around) => around.platform === "darwin" && (await run(around, ["security", "default-keychain"], PROBE)).code === 0,
    read: async (id, around) => printed(await run(around, ["security", "find-generic-password", "-s", SERVICE, "-a", id, "-w"], USE)),
    // `add-generic-password -w` takes the key from its arguments or from the terminal; only as a line of `security -i` it comes from stdin.
    write: async (id, key, around) => {
      const input = `add-generic-password -U -s ${SERVICE} -a ${id} -l "factory vault" -w ${key}\n`;
      await run(around, ["security", "-i"], { ...USE, input });
    },
  },
  "secret-service": {
    title: "the desktop's keyring (Secret Service)",
    available: async (around) => around.platform === "linux" && hasSessionBus(around) && (await keyringAnswers(around)),
    read: async (id, around) => printed(await run(around, ["secret-tool", "lookup", "service", SERVICE, "account", id], USE)),
    write: async (id, key, around) => {
      await run(around, ["secret-tool", "store", "--label=factory vault", "service", SERVICE, "account", id], { ...USE, input: key });
    },
  },
  file: {
    title: "the file vault.key",
    available: async () => true,
    read: async (_, around) => {
      const path = keyFile(around);
      await repairMode(path, 0o600, around);
      return readKeyFile(path);
    },
    write: async (_, key, around) => {
      await removeLeftovers(keyFile(around));
      await writeAtomic(keyFile(around), `${key}\n`, 0o600);
    },
  },
} as const satisfies Readonly<Record<string, KeyPlace>>;

export type KeyPlaceName = keyof typeof KEY_PLACES;

const SERVICE = "factory-vault";
/** How long a keychain may take to show that it is there. */
const PROBE = { limitMs: 2000 };
/** How long one that holds the key may take: it may ask its owner to unlock it. */
const USE = { limitMs: 20_000 };

const keyFile = ({ folder }: PlaceAround): string => join(folder, "vault.key");

const hasSessionBus = ({ env }: PlaceAround): boolean =>
  (env["DBUS_SESSION_BUS_ADDRESS"] ?? "") !== "" || existsSync(join(env["XDG_RUNTIME_DIR"] || "/nonexistent", "bus"));

/** A lookup of what is not there ends with 1 and says nothing; without a keyring it says why. */
async function keyringAnswers(around: PlaceAround): Promise<boolean> {
  const { code, stderr } = await run(around, ["secret-tool", "lookup", "service", SERVICE, "account", "none"], PROBE);
  return code === 0 || (code === 1 && stderr.trim() === "");
}

const printed = ({ code, stdout }: ProgramResult): string | undefined => (code === 0 ? stdout.trim() : undefined);

const run = (
  { env, signal }: PlaceAround,
  [program = "", ...args]: readonly string[],
  options: Pick<ProgramCall, "limitMs" | "input">,
): Promise<ProgramResult> => runProgram({ ...options, program, args, env, signal });

/** A key file that is there but cannot be read is an error: to take it for a missing one would replace it. */
async function readKeyFile(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR")) return undefined;
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the vault's key ${path} cannot be read: ${why}`, "Check who owns it and its permissions.");
  }
}
