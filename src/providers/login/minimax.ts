import { asNumber, asString } from "#base/json.ts";
import { ask, checkedUrl, errorCode, refusal, unreadable, type Authority, type Told } from "#providers/login/authority.ts";
import { foreignAnswer } from "#providers/login/browser-flow.ts";
import { clientIdFrom, type ClientIdSource } from "#providers/login/client-id.ts";
import { denied, expired, poll, type Look } from "#providers/login/device-flow.ts";
import { originOf, ownAddress } from "#providers/login/host-of.ts";
import type { Credentials, LoginAround, LoginFlow } from "#providers/login/login.ts";
import { makePkce, randomText } from "#providers/login/pkce.ts";
import { refreshTokens } from "#providers/login/standard-device.ts";
import { toNumber } from "#providers/login/tokens.ts";

/** One of MiniMax's two regions. */
export type MiniMax = {
  readonly origin: string;
  readonly apiUrl: string;
  readonly domains: readonly string[];
  readonly clientId: ClientIdSource;
};

/** A device grant of its own kind: with PKCE and state, polled by the user's code, its times in milliseconds, its state in a `status`. */
export function miniMax(authority: Authority, row: MiniMax, { env, clock, host }: LoginAround): LoginFlow {
  const origin = originOf(host, row.origin);
  const read = (body: Readonly<Record<string, unknown>>, extras: Credentials["extras"]): Credentials => {
    const [access, refresh] = [asString(body["access_token"]), asString(body["refresh_token"])];
    if (access === undefined || access === "") throw unreadable(authority, "access_token");
    const expiresAt = toMoment(body["expired_in"], clock.now());
    const apiUrl = ownAddress(body["resource_url"], row.domains, origin) ?? row.apiUrl;
    return {
      access,
      ...(refresh === undefined ? {} : { refresh }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
      baseUrl: `${apiUrl.replace(/\/anthropic$/, "")}/anthropic`,
      extras,
    };
  };
  return {
    async start(ui, signal) {
      const clientId = clientIdFrom(row.clientId, env, authority);
      const { verifier, challenge } = makePkce();
      const state = randomText();
      const form = {
        response_type: "code",
        client_id: clientId,
        scope: SCOPE,
        code_challenge: challenge,
        code_challenge_method: "S256",
        state,
      };
      const started = await ask(authority, {
        url: `${origin}/oauth2/device/code`,
        form,
        headers: { "x-request-id": randomText() },
        signal,
      });
      if (started.status >= 300 || errorCode(started.body) !== undefined) throw refusal(authority, started);
      const [code, page] = [asString(started.body["user_code"]), asString(started.body["verification_uri"])];
      if (code === undefined || page === undefined) throw unreadable(authority, "user_code or verification_uri");
      if (started.body["state"] !== state) throw foreignAnswer(authority);
      const lifeMs = Math.min(Math.max(0, (toMoment(started.body["expired_in"], clock.now()) ?? Infinity) - clock.now()), LONGEST_LIFE_MS);
      ui.showCode({ url: checkedUrl(page, authority), code, expiresInS: Math.round(lifeMs / 1000) });
      ui.waiting();
      const grant = { grant_type: USER_CODE_GRANT, client_id: clientId, user_code: code, code_verifier: verifier };
      const question = { url: `${origin}/oauth2/token`, form: grant, signal };
      const pace = { intervalMs: Math.max(SHORTEST_WAIT_MS, toNumber(started.body["interval"]) ?? 0), lifeMs, clock, signal };
      return read(await poll(authority, pace, async () => readStatus(authority, await ask(authority, question))), { clientId, origin });
    },
    async refresh(stored, signal) {
      const url = `${stored.extras["origin"] ?? origin}/oauth2/token`;
      const body = await refreshTokens(authority, { url, stored, fields: {}, signal });
      return read(body, stored.extras);
    },
  };
}

const SCOPE = "group_id profile model.completion";
const USER_CODE_GRANT = "urn:ietf:params:oauth:grant-type:user_code";
const SHORTEST_WAIT_MS = 2000;
const LONGEST_LIFE_MS = 900_000;

function readStatus(authority: Authority, told: Told): Look<Told["body"]> {
  const word = errorCode(told.body);
  if (word === "slow_down") return { state: "slow-down" };
  if (word === "access_denied") throw denied(authority);
  if (word === "expired_token") throw expired(authority);
  if (told.body["status"] === "pending" || word === "authorization_pending") return { state: "pending" };
  if (told.status < 300 && told.body["status"] === "success") return { state: "done", result: told.body };
  throw refusal(authority, told);
}

/** `expired_in` is a moment in milliseconds where it is huge, and a number of seconds from now where it is small. */
function toMoment(value: unknown, now: number): number | undefined {
  const number = asNumber(toNumber(value));
  if (number === undefined) return undefined;
  if (number > 1e12) return number;
  return number < 1e9 ? now + number * 1000 : number * 1000;
}
