import { readFile, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { withFileLock } from "#base/file-lock.ts";
import { removeLeftovers, writeAtomic } from "#base/write-atomic.ts";
import type { KeyHealth } from "#vault/choose-key.ts";
import { healthOf, noRecords, noteEvent, parseRecords, printRecords } from "#vault/key-record.ts";
import type { KeyEvent, KeyRecords, ParsedRecords } from "#vault/key-record.ts";
import { ensurePrivateFolder, type Warn } from "#vault/private-files.ts";

export type KeyStateOptions = {
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  /** Told once where the state cannot be shared. */
  readonly warn: Warn;
};

/**
 * How each key fared, shared by all processes of this machine in one small file. It is only ever a hint: where the file cannot be read or
 * written this process goes on with what it knows itself. Nothing here throws.
 */
export interface KeyState {
  /**
   * As of the last `refresh`, with all that this process noted. `key`: the id of its entry in the vault, else the key itself; the file
   * holds only a fingerprint of it.
   */
  health(key: string, conversation?: string): KeyHealth;
  /** Reads what other processes noted. Costs one stat where nothing did. */
  refresh(): Promise<void>;
  /** Counts at once here; other processes see it within a fifth of a second. */
  note(key: string, event: KeyEvent): void;
  /** Writes what is still to be written. Call it before the process ends. */
  flush(): Promise<void>;
}

/** The state of the keys in `folder`. Nothing is read yet. */
export const openKeyState = (options: KeyStateOptions): KeyState => new SharedKeyState(options);

/** At most one write in this time, in ms. */
const WRITE_EVERY_MS = 200;
/** Other processes hold the lock for a few ms. */
const LOCK_MS = 2000;
const LIMIT_BYTES = 1024 * 1024;
/** Most events that wait to be written: more pile up only where nothing can be. */
const LIMIT_PENDING = 1000;

type Noted = { readonly key: string; readonly event: KeyEvent; readonly at: number };

class SharedKeyState implements KeyState {
  readonly #options: KeyStateOptions;
  readonly #path: string;
  #records: KeyRecords = noRecords();
  #pending: readonly Noted[] = [];
  /** Inode, time and size of the file as it was last read. */
  #seen = "";
  #writing: Promise<void> | undefined;
  #hurry = new AbortController();
  #warned = false;

  constructor(options: KeyStateOptions) {
    this.#options = options;
    this.#path = join(options.folder, "key-state.json");
  }

  health(key: string, conversation?: string): KeyHealth {
    return healthOf(this.#records, key, conversation);
  }

  async refresh(): Promise<void> {
    const seen = await this.#look();
    if (seen === undefined || seen === this.#seen) return;
    const parsed = await this.#read();
    this.#seen = seen;
    if (typeof parsed !== "object") return;
    this.#records = this.#withPending(parsed.records);
    if (parsed.rebased) this.#writeSoon();
  }

  note(key: string, event: KeyEvent): void {
    const noted = { key, event, at: this.#options.clock.now() };
    this.#pending = [...this.#pending, noted].slice(-LIMIT_PENDING);
    this.#records = noteEvent(this.#records, key, noted);
    this.#writeSoon();
  }

  async flush(): Promise<void> {
    // A write that ends may have begun the next one, for what was noted meanwhile.
    while (this.#writing !== undefined) {
      this.#hurry.abort();
      await this.#writing;
    }
    if (this.#pending.length > 0) await this.#write();
  }

  #writeSoon(): void {
    if (this.#writing !== undefined) return;
    this.#hurry = new AbortController();
    this.#writing = this.#writeLater(this.#hurry.signal);
  }

  async #writeLater(hurry: AbortSignal): Promise<void> {
    await this.#options.clock.sleep(WRITE_EVERY_MS, hurry).catch(() => undefined);
    const written = await this.#write();
    this.#writing = undefined;
    // What was noted meanwhile. After a failure the next note tries again.
    if (written && this.#pending.length > 0) this.#writeSoon();
  }

  /** Whether it could be written. */
  async #write(): Promise<boolean> {
    const { folder, clock, warn } = this.#options;
    try {
      await ensurePrivateFolder(folder, this.#options);
      const lock = { signal: AbortSignal.timeout(2 * LOCK_MS), limitMs: LOCK_MS, clock };
      return await withFileLock(this.#path, lock, () => this.#merge());
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!this.#warned) warn(`how the keys fare cannot be shared with other processes: ${why}`);
      this.#warned = true;
      return false;
    }
  }

  async #merge(): Promise<boolean> {
    const parsed = await this.#read();
    if (parsed === "foreign") {
      this.#pending = [];
      return true;
    }
    if (parsed === "broken") await rename(this.#path, `${this.#path}.broken`);
    const batch = this.#pending;
    const records = this.#withPending(typeof parsed === "object" ? parsed.records : this.#records);
    await removeLeftovers(this.#path);
    await writeAtomic(this.#path, printRecords(records, this.#options.clock.now()), 0o600);
    this.#pending = this.#pending.filter((noted) => !batch.includes(noted));
    this.#records = this.#withPending(records);
    this.#seen = (await this.#look()) ?? "";
    return true;
  }

  #withPending(records: KeyRecords): KeyRecords {
    return this.#pending.reduce((known, noted) => noteEvent(known, noted.key, noted), records);
  }

  /** `undefined`: no file can be read. */
  async #read(): Promise<ParsedRecords | undefined> {
    try {
      const { size } = await stat(this.#path);
      if (size > LIMIT_BYTES) return "broken";
      return parseRecords(await readFile(this.#path, "utf8"), this.#options.clock.now());
    } catch {
      return undefined;
    }
  }

  async #look(): Promise<string | undefined> {
    const found = await stat(this.#path).catch(() => undefined);
    return found === undefined ? undefined : `${found.ino} ${found.mtimeMs} ${found.size}`;
  }
}
