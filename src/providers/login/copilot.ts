import { asObject, asString } from "#base/json.ts";
import { ModelError } from "#model/error.ts";
import { ask, refusal, unreadable, type Authority } from "#providers/login/authority.ts";
import { clientIdFrom, type ClientIdSource } from "#providers/login/client-id.ts";
import { authorizeDevice } from "#providers/login/device-flow.ts";
import { originOf, ownAddress } from "#providers/login/host-of.ts";
import type { Credentials, LoginAround, LoginFlow } from "#providers/login/login.ts";
import { toNumber } from "#providers/login/tokens.ts";

/**
 * GitHub's device grant gives a token of GitHub, which is exchanged for one of Copilot that lives for minutes. `refresh` is GitHub's token,
 * `access` Copilot's. On a tenant of its own (`company.ghe.com`) all addresses are the tenant's.
 */
export function copilot(authority: Authority, clientId: ClientIdSource, around: LoginAround): LoginFlow {
  const { env, clock } = around;
  const exchange = async (githubToken: string, origin: string, signal: AbortSignal): Promise<Credentials> => {
    const headers = { authorization: `Bearer ${githubToken}` };
    const told = await ask(authority, { url: `${apiOrigin(origin)}/copilot_internal/v2/token`, headers, signal });
    if (told.status === 403 || told.status === 404) throw noPlan(authority, told.status);
    if (told.status >= 300) throw refusal(authority, told, "a token for Copilot");
    return readCopilotToken(authority, told.body, { githubToken, origin });
  };
  return {
    async start(ui, signal) {
      const origin = originOf(around.host, GITHUB);
      const device = {
        ...authority,
        codeUrl: `${origin}/login/device/code`,
        tokenUrl: `${origin}/login/oauth/access_token`,
        clientId: clientIdFrom(clientId, env, authority),
        scope: "read:user",
      };
      const githubToken = asString((await authorizeDevice(device, { ui, clock, signal }))["access_token"]);
      if (githubToken === undefined) throw unreadable(authority, "access_token");
      const credentials = await exchange(githubToken, origin, signal);
      const account = await accountOf(authority, { githubToken, origin, signal });
      return { ...credentials, ...(account === undefined ? {} : { account }) };
    },
    async refresh(stored, signal) {
      if (stored.refresh === undefined) throw refusal(authority, { status: 401, body: {} }, "to renew the login");
      return exchange(stored.refresh, stored.extras["origin"] ?? GITHUB, signal);
    },
  };
}

const GITHUB = "https://github.com";

/** Where Copilot answers when the exchange does not say: a tenant's token goes to the tenant alone. */
export const usualApi = (origin: string): string =>
  origin.endsWith(".ghe.com") ? origin.replace("https://", "https://copilot-api.") : "https://api.githubcopilot.com";

/** Tenants have their API below their own name; a test's authority has it at the same address. */
function apiOrigin(origin: string): string {
  const { protocol, host } = new URL(origin);
  return protocol === "https:" ? `https://api.${host}` : origin;
}

type From = { readonly githubToken: string; readonly origin: string };

function readCopilotToken(authority: Authority, body: Readonly<Record<string, unknown>>, { githubToken, origin }: From): Credentials {
  const access = asString(body["token"]);
  if (access === undefined || access === "") throw unreadable(authority, "token");
  const expiresS = toNumber(body["expires_at"]);
  const plan = asString(body["sku"]);
  const domains = ["githubcopilot.com", ...(origin === GITHUB ? [] : [new URL(origin).hostname])];
  // The token itself names a proxy; its API has the same name with another beginning.
  const proxy = /(?:^|;)proxy-ep=proxy\.([\w.-]+)/.exec(access)?.[1];
  const baseUrl =
    ownAddress(asObject(body["endpoints"])?.["api"], domains, origin) ??
    ownAddress(proxy === undefined ? undefined : `https://api.${proxy}`, domains, origin) ??
    usualApi(origin);
  return {
    access,
    refresh: githubToken,
    ...(expiresS === undefined ? {} : { expiresAt: expiresS * 1000 }),
    baseUrl,
    extras: { origin, ...(plan === undefined ? {} : { plan }) },
  };
}

/** A label only: a login without it is as good. */
async function accountOf(
  authority: Authority,
  { githubToken, origin, signal }: From & { readonly signal: AbortSignal },
): Promise<string | undefined> {
  try {
    const headers = { authorization: `Bearer ${githubToken}` };
    return asString((await ask(authority, { url: `${apiOrigin(origin)}/user`, headers, signal })).body["login"]);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

const noPlan = ({ provider, name }: Authority, status: number): ModelError =>
  new ModelError("permission", `${name} knows you, but gives this application no token for Copilot`, {
    provider,
    status,
    advice:
      "The account needs a Copilot plan, and the application a client id that GitHub admits to it. `copilot`, GitHub's own tool, works with any plan.",
  });
