import type { Clock } from "#base/clock.ts";
import type { Env } from "#providers/keys.ts";

/** What a login leaves behind. All of it can be kept as JSON, and `access`, `refresh` and `extras` are secret. */
export type Credentials = {
  /** Shown to the provider with each request. */
  readonly access: string;
  /** Gets the next `access`; absent where the provider gives none. */
  readonly refresh?: string;
  /** When `access` ends, in milliseconds since 1970; absent where nobody told. */
  readonly expiresAt?: number;
  /** Where requests go, where it is not the row's own address. */
  readonly baseUrl?: string;
  /** What each request carries beside `access`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whose login it is: a name or an e-mail address. */
  readonly account?: string;
  /** What one flow needs besides to refresh; `plan` is shown to the user. */
  readonly extras: Readonly<Record<string, string>>;
};

/** Where credentials are kept, by the provider's slug. */
export interface CredentialStore {
  get(provider: string): Promise<Credentials | null>;
  put(provider: string, credentials: Credentials): Promise<void>;
  remove(provider: string): Promise<void>;
}

/** Runs the action while no other process holds the lock of that provider's login. */
export type Lock = <Result>(provider: string, signal: AbortSignal, action: () => Promise<Result>) => Promise<Result>;

/** What the person must do: go to `url` and, where there is one, enter `code` there. */
export type Shown = { readonly url: string; readonly code: string | null; readonly expiresInS: number };

/** What a flow says to the person and asks of it. Nothing said contains a secret; an answer may be one. */
export interface LoginUi {
  showCode(shown: Shown): void;
  note(line: string): void;
  /** The flow now waits for what the person does elsewhere. Where no code was shown, it prompts for the pasted answer meanwhile. */
  waiting(): void;
  /** One line; empty where no more input comes. Rejects with the signal's reason. */
  prompt(question: { readonly text: string; readonly secret: boolean }, signal: AbortSignal): Promise<string>;
}

/** One way to log in. Both methods throw `ModelError` or `UsageError`, and the signal's reason. */
export interface LoginFlow {
  start(ui: LoginUi, signal: AbortSignal): Promise<Credentials>;
  /** What is new of the same login; what it leaves out stays as stored. Absent where nothing can be refreshed. */
  refresh?(stored: Credentials, signal: AbortSignal): Promise<Credentials>;
}

/** What flows take from outside. */
export type LoginAround = {
  readonly env: Env;
  readonly clock: Clock;
  /** Replaces the origin of the flow's authority: an enterprise host, a regional one, a test's. */
  readonly host?: string | undefined;
  /** Names this installation towards authorities that want it: a UUID that stays the same. */
  readonly installId: string;
};
