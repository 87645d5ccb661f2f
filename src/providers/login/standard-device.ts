import { again, ask, refusal, unreadable, type Authority } from "#providers/login/authority.ts";
import { clientIdFrom, type ClientIdSource } from "#providers/login/client-id.ts";
import { authorizeDevice } from "#providers/login/device-flow.ts";
import { originOf } from "#providers/login/host-of.ts";
import type { Credentials, LoginAround, LoginFlow } from "#providers/login/login.ts";
import { readTokens } from "#providers/login/tokens.ts";

/** An authority that keeps to RFC 8628 and RFC 6749. */
export type StandardDevice = {
  readonly origin: string;
  /** Variables that replace the origin; the first one wins. */
  readonly originEnv: readonly string[];
  readonly codePath: string;
  readonly tokenPath: string;
  readonly clientId: ClientIdSource;
  readonly scope?: string;
  /** Where the tokens are good for. */
  readonly baseUrl: string;
};

export function standardDevice(authority: Authority, row: StandardDevice, around: LoginAround): LoginFlow {
  const { env, clock } = around;
  const origin = originOf(around.host ?? row.originEnv.map((name) => env[name]).find(Boolean), row.origin);
  const read = (body: Readonly<Record<string, unknown>>): Credentials => {
    const tokens = readTokens(body, clock.now());
    if (tokens === undefined) throw unreadable(authority, "access_token");
    return { ...tokens, baseUrl: row.baseUrl, extras: { origin } };
  };
  return {
    async start(ui, signal) {
      const device = {
        ...authority,
        codeUrl: origin + row.codePath,
        tokenUrl: origin + row.tokenPath,
        clientId: clientIdFrom(row.clientId, env, authority),
        ...(row.scope === undefined ? {} : { scope: row.scope }),
      };
      const credentials = read(await authorizeDevice(device, { ui, clock, signal }));
      return { ...credentials, extras: { ...credentials.extras, clientId: device.clientId } };
    },
    async refresh(stored, signal) {
      const url = (stored.extras["origin"] ?? origin) + row.tokenPath;
      return { ...read(await refreshTokens(authority, { url, stored, fields: {}, signal })), extras: stored.extras };
    },
  };
}

type Refresh = {
  readonly url: string;
  readonly stored: Credentials;
  readonly fields: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
};

/** The answer of a token address to a refresh token, by RFC 6749. The client id is the one that the login was made with. */
export async function refreshTokens(
  authority: Authority,
  { url, stored, fields, signal }: Refresh,
): Promise<Readonly<Record<string, unknown>>> {
  const { refresh, extras } = stored;
  if (refresh === undefined) throw refusal(authority, { status: 401, body: { error_description: again(authority.provider) } }, "to go on");
  const clientId = extras["clientId"];
  const form = {
    grant_type: "refresh_token",
    refresh_token: refresh,
    ...(clientId === undefined ? {} : { client_id: clientId }),
    ...fields,
  };
  const told = await ask(authority, { url, form, signal });
  if (told.status >= 300 || told.body["error"] !== undefined) throw refusal(authority, told, "to renew the login");
  return told.body;
}
