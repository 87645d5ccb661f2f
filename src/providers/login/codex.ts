import { asString } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import { ask, errorCode, refusal, unreadable, type Authority, type Told } from "#providers/login/authority.ts";
import { clientIdFrom, type ClientIdSource } from "#providers/login/client-id.ts";
import { denied, expired, poll, type Look } from "#providers/login/device-flow.ts";
import { originOf } from "#providers/login/host-of.ts";
import type { Credentials, LoginAround, LoginFlow } from "#providers/login/login.ts";
import { refreshTokens } from "#providers/login/standard-device.ts";
import { openAiLabels, readTokens, toNumber } from "#providers/login/tokens.ts";

/** OpenAI's own kind of device code: what is polled for is an authorization code with its verifier, which is then exchanged for tokens. */
export function codex(authority: Authority, clientIdSource: ClientIdSource, { env, clock, host }: LoginAround): LoginFlow {
  const origin = originOf(host, "https://auth.openai.com");
  return {
    async start(ui, signal) {
      const clientId = clientIdFrom(clientIdSource, env, authority);
      const started = await ask(authority, { url: `${origin}${DEVICE}/usercode`, json: { client_id: clientId }, signal });
      if (started.status === 404) throw notEnabled();
      if (started.status >= 300) throw refusal(authority, started);
      const { device_auth_id, user_code, usercode, interval } = started.body;
      const [id, code] = [asString(device_auth_id), asString(user_code ?? usercode)];
      if (id === undefined || code === undefined) throw unreadable(authority, "device_auth_id or user_code");
      ui.showCode({ url: `${origin}/codex/device`, code, expiresInS: LIFE_MS / 1000 });
      ui.waiting();
      const pace = { intervalMs: (toNumber(interval) ?? 5) * 1000, lifeMs: LIFE_MS, clock, signal };
      const question = { url: `${origin}${DEVICE}/token`, json: { device_auth_id: id, user_code: code }, signal };
      const grant = await poll(authority, pace, async () => readGrant(authority, await ask(authority, question)));
      const form = { grant_type: "authorization_code", client_id: clientId, redirect_uri: `${origin}/deviceauth/callback`, ...grant };
      const told = await ask(authority, { url: `${origin}/oauth/token`, form, signal });
      if (told.status >= 300) throw refusal(authority, told);
      return toCredentials(authority, told.body, { now: clock.now(), extras: { clientId, origin } });
    },
    async refresh(stored, signal) {
      const url = `${stored.extras["origin"] ?? origin}/oauth/token`;
      const body = await refreshTokens(authority, { url, stored, fields: {}, signal });
      return toCredentials(authority, body, { now: clock.now(), extras: stored.extras });
    },
  };
}

const DEVICE = "/api/accounts/deviceauth";
const LIFE_MS = 900_000;

/** Until the code is entered, the address answers as if it were forbidden or not there. */
function readGrant(authority: Authority, told: Told): Look<{ readonly code: string; readonly code_verifier: string }> {
  const word = errorCode(told.body);
  if (word === "slow_down") return { state: "slow-down" };
  if (word === "access_denied" || word === "deviceauth_denied") throw denied(authority);
  if (word === "expired_token" || word === "deviceauth_expired") throw expired(authority);
  if (word === "deviceauth_authorization_pending" || told.status === 403 || told.status === 404) return { state: "pending" };
  if (told.status >= 300) throw refusal(authority, told);
  const [code, verifier] = [asString(told.body["authorization_code"]), asString(told.body["code_verifier"])];
  if (code === undefined || verifier === undefined) throw unreadable(authority, "authorization_code or code_verifier");
  return { state: "done", result: { code, code_verifier: verifier } };
}

type Beside = { readonly now: number; readonly extras: Readonly<Record<string, string>> };

function toCredentials(authority: Authority, body: Readonly<Record<string, unknown>>, { now, extras }: Beside): Credentials {
  const tokens = readTokens(body, now);
  if (tokens === undefined) throw unreadable(authority, "access_token");
  const { email, plan, accountId } = openAiLabels(tokens.access, body["id_token"]);
  return {
    ...tokens,
    baseUrl: "https://chatgpt.com/backend-api/codex",
    // One person may have several accounts: the request says for which one the token counts.
    ...(accountId && { headers: { "chatgpt-account-id": accountId } }),
    ...(email && { account: email }),
    extras: { ...extras, ...(plan && { plan }) },
  };
}

const notEnabled = (): UsageError =>
  new UsageError(
    "signing in with a device code is not enabled for this client or account",
    "Enable device codes in ChatGPT's security settings, or use `factory login chatgpt`.",
  );
