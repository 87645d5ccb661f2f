import type { Clock } from "#base/clock.ts";
import { asString } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import {
  again,
  ask,
  checkedUrl,
  errorCode,
  isPassing,
  refusal,
  unreadable,
  type Authority,
  type Told,
} from "#providers/login/authority.ts";
import type { LoginUi } from "#providers/login/login.ts";
import { readTokens, toNumber } from "#providers/login/tokens.ts";

/** An authority with the device grant of RFC 8628. */
export type DeviceAuthority = Authority & {
  readonly codeUrl: string;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly scope?: string;
};

export type Waiting = { readonly ui: LoginUi; readonly clock: Clock; readonly signal: AbortSignal };

/** Shows a code and waits until the person has entered it. Gives the token answer, which has an `access_token`. */
export async function authorizeDevice(device: DeviceAuthority, { ui, clock, signal }: Waiting): Promise<Told["body"]> {
  const { codeUrl, tokenUrl, clientId, scope } = device;
  const form = { client_id: clientId, ...(scope === undefined ? {} : { scope }) };
  const started = await ask(device, { url: codeUrl, form, signal });
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval } = started.body;
  if (started.status >= 300 || errorCode(started.body) !== undefined) throw refusal(device, started);
  const [deviceCode, code, page] = [device_code, user_code, verification_uri ?? verification_uri_complete].map(asString);
  if (deviceCode === undefined) throw unreadable(device, "device_code");
  if (code === undefined || page === undefined) throw unreadable(device, "user_code or verification_uri");
  const lifeMs = Math.min((toNumber(expires_in) ?? LIFE_S) * 1000, LONGEST_LIFE_MS);
  ui.showCode({ url: checkedUrl(page, device), code, expiresInS: lifeMs / 1000 });
  ui.waiting();
  const pace = { intervalMs: (toNumber(interval) ?? INTERVAL_S) * 1000, lifeMs, clock, signal };
  const question = { url: tokenUrl, form: { grant_type: DEVICE_GRANT, device_code: deviceCode, client_id: clientId }, signal };
  return poll(device, pace, async () => readDeviceAnswer(device, await ask(device, question)));
}

/** What one look at a sign-in showed. `intervalMs`: the new pace where the authority names one. A refusal is thrown. */
export type Look<Result> =
  | { readonly state: "done"; readonly result: Result }
  | { readonly state: "pending" }
  | { readonly state: "slow-down"; readonly intervalMs?: number };

export type Pace = { readonly intervalMs: number; readonly lifeMs: number; readonly clock: Clock; readonly signal: AbortSignal };

/**
 * Looks again and again until the sign-in is done. Failures of the network are waited out, at half the pace after each one.
 * Throws `ModelError` when it is refused or its time is over.
 */
export async function poll<Result>(authority: Authority, pace: Pace, look: () => Promise<Look<Result>>): Promise<Result> {
  const { clock, signal, lifeMs } = pace;
  const endsAt = clock.now() + lifeMs;
  let intervalMs = clamp(pace.intervalMs);
  let trouble: ModelError | undefined;
  for (;;) {
    const leftMs = endsAt - clock.now();
    if (leftMs <= 0) throw trouble ?? expired(authority);
    await clock.sleep(Math.min(intervalMs, leftMs), signal);
    try {
      const seen = await look();
      trouble = undefined;
      if (seen.state === "done") return seen.result;
      if (seen.state === "slow-down") intervalMs = clamp(seen.intervalMs ?? intervalMs + SLOWER_MS);
    } catch (error) {
      signal.throwIfAborted();
      if (!isPassing(error)) throw error;
      trouble = error;
      intervalMs = clamp(intervalMs * 2);
    }
  }
}

/** One answer of a token address to a device code. */
function readDeviceAnswer(authority: Authority, told: Told): Look<Told["body"]> {
  const { body } = told;
  switch (errorCode(body)) {
    case "authorization_pending":
      return { state: "pending" };
    case "slow_down": {
      const intervalS = toNumber(body["interval"]);
      return intervalS === undefined ? { state: "slow-down" } : { state: "slow-down", intervalMs: intervalS * 1000 };
    }
    case "expired_token":
      throw expired(authority);
    case "access_denied":
      throw denied(authority);
    case undefined:
      if (told.status >= 300) throw refusal(authority, told);
      if (readTokens(body, 0) === undefined) throw unreadable(authority, "access_token");
      return { state: "done", result: body };
    default:
      throw refusal(authority, told);
  }
}

export const expired = ({ provider, name }: Authority): ModelError =>
  new ModelError("auth", `the sign-in at ${name} was not finished in time`, { provider, code: "expired_token", advice: again(provider) });

export const denied = ({ provider, name }: Authority): ModelError =>
  new ModelError("auth", `the sign-in was declined at ${name}`, { provider, code: "access_denied", advice: again(provider) });

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
/** What RFC 8628 says where the authority says nothing. */
const INTERVAL_S = 5;
const SLOWER_MS = 5000;
/** Where the authority does not say how long a code lives. */
const LIFE_S = 900;
const LONGEST_LIFE_MS = 1_800_000;

const clamp = (intervalMs: number): number => Math.min(60_000, Math.max(1000, intervalMs));
