import { systemClock } from "#base/clock.ts";
import { UsageError } from "#base/usage-error.ts";
import { loadConfig, requireSound, type Loaded, type Untrusted } from "#config/load.ts";
import { rememberTrust } from "#config/trust.ts";
import { allProviders } from "#providers/rows.ts";
import { clip, printable } from "#terminal/paint.ts";
import { factoryHome, type Env } from "#app/home.ts";

export type SettingsAround = {
  readonly env: Env;
  /** Whose project's configuration counts. */
  readonly cwd: string;
  /** Read in place of the user's and the project's configuration. */
  readonly configFile?: string | undefined;
  /** The user trusts the project's configuration, from now on. */
  readonly trust?: boolean | undefined;
  /** Asks whether the user trusts it; `undefined` where nobody can be asked. */
  readonly askTrust?: ((untrusted: Untrusted) => Promise<boolean | undefined>) | undefined;
  readonly warn?: ((message: string) => void) | undefined;
};

/**
 * The user's configuration, with what its files did wrong. Where the project's file sets what only a trusted folder's may, the user is asked
 * once, and the answer is remembered for as long as those settings stay the same.
 */
export async function loadSettings(around: SettingsAround): Promise<Loaded> {
  const { env, cwd, configFile, trust, askTrust } = around;
  const home = homeOrNone(env);
  const providerNames = allProviders().flatMap(({ slug, row }) => [slug, ...row.aliases]);
  const options = { home, cwd, env, explicitFile: configFile, providerNames };
  const loaded = await loadConfig(options);
  const { untrusted } = loaded;
  if (untrusted === null || (untrusted.refused && trust !== true)) return loaded;
  const trusted = trust === true ? true : await askTrust?.(untrusted);
  if (trusted === undefined) return loaded;
  await remember({ ...untrusted, trusted }, home, around);
  // The file is read again: what has changed in it meanwhile is not what was trusted.
  return trusted ? loadConfig({ ...options, trust: untrusted.hash }) : loaded;
}

/** As `loadSettings`; what is not followed is told. Throws `UsageError` where something in the files is wrong. */
export async function requireSettings(around: SettingsAround): Promise<Loaded> {
  const loaded = await loadSettings(around);
  requireSound(loaded);
  if (loaded.untrusted !== null) {
    const named = withheldPaths(loaded.untrusted).join(", ");
    around.warn?.(
      `this folder's configuration also sets ${named}: not followed, as you have not trusted it (factory config check --trust)`,
    );
  }
  return loaded;
}

/** The settings by their names, as a terminal may be shown them: a stranger wrote the file. */
export function withheldPaths({ settings }: Untrusted): readonly string[] {
  const paths = settings.slice(0, MOST_PATHS).map(({ path }) => clip(printable(path).replace(INVISIBLE, ""), LONGEST_PATH));
  return settings.length > MOST_PATHS ? [...paths, `${settings.length - MOST_PATHS} more`] : paths;
}

const MOST_PATHS = 20;
/** In characters. */
const LONGEST_PATH = 80;
/** Marks that turn the direction of a text or are not seen, and ends of lines. */
const INVISIBLE = /[\p{Cf}\p{Zl}\p{Zp}\n\t]/gu;

/** The user's own folder; `undefined` where the system knows of no home for this user. */
export function homeOrNone(env: Env): string | undefined {
  try {
    return factoryHome(env);
  } catch {
    return undefined;
  }
}

type Answer = Untrusted & { readonly trusted: boolean };

/** An answer that cannot be kept holds for this time. */
async function remember({ folder, hash, trusted }: Answer, home: string | undefined, { warn }: SettingsAround): Promise<void> {
  try {
    if (home !== undefined) await rememberTrust(home, { folder, hash, trusted, clock: systemClock });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    warn?.(`whether you trust this folder is not remembered: ${error.message}`);
  }
}
