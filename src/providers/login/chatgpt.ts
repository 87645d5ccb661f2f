import { ask, refusal, unreadable, type Authority } from "#providers/login/authority.ts";
import { authorizeInBrowser, foreignAnswer } from "#providers/login/browser-flow.ts";
import { originOf } from "#providers/login/host-of.ts";
import type { Credentials, LoginAround, LoginFlow } from "#providers/login/login.ts";
import { makePkce, randomText } from "#providers/login/pkce.ts";
import { refreshTokens } from "#providers/login/standard-device.ts";
import { claimsOf, openAiLabels, readTokens } from "#providers/login/tokens.ts";

/**
 * "Sign in with ChatGPT", which OpenAI offers to agents of others: a client id is issued with the first answer, and the tokens are good for
 * the Responses API only. Access and refresh tokens change with each renewal.
 */
export function chatGpt(authority: Authority, { clock, host, installId }: LoginAround, port = CALLBACK_PORT): LoginFlow {
  const origin = originOf(host, "https://auth.openai.com");
  const tokenUrl = `${origin}${TOKEN_PATH}`;
  return {
    async start(ui, signal) {
      const { verifier, challenge } = makePkce();
      const [state, nonce] = [randomText(), randomText()];
      const query = { ...pageQuery(installId), code_challenge: challenge, state, nonce };
      const { code, redirectUri, params } = await authorizeInBrowser(
        {
          authority,
          port,
          loopback: "127.0.0.1",
          expected: { path: "/auth/callback", state },
          toPage: (back) => `${origin}/api/accounts/authorize?${new URLSearchParams({ ...query, redirect_uri: back })}`,
        },
        { ui, clock, signal },
      );
      const clientId = params.get("client_id");
      if (clientId === null || clientId === "") throw unreadable(authority, "client_id: paste the whole address, not the code alone");
      const form = {
        grant_type: "authorization_code",
        client_id: clientId,
        code,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        resource: RESOURCE,
      };
      const told = await ask(authority, { url: tokenUrl, form, signal });
      if (told.status >= 300) throw refusal(authority, told);
      const said = claimsOf(told.body["id_token"])["nonce"];
      if (said !== undefined && said !== nonce) throw foreignAnswer(authority);
      return toCredentials(authority, told.body, { now: clock.now(), extras: { clientId, installId, origin } });
    },
    async refresh(stored, signal) {
      const url = `${stored.extras["origin"] ?? origin}${TOKEN_PATH}`;
      const body = await refreshTokens(authority, { url, stored, fields: { resource: RESOURCE }, signal });
      return toCredentials(authority, body, { now: clock.now(), extras: stored.extras });
    },
  };
}

/** OpenAI sends the browser to this port only. */
const CALLBACK_PORT = 1455;
const TOKEN_PATH = "/api/accounts/oauth/token";
const RESOURCE = "https://api.openai.com/v1";

const pageQuery = (installId: string) => ({
  response_type: "code",
  client_id: "dynamic_agent_client",
  agent_name_hint: "factory",
  ext_agent_host_id: `urn:uuid:${installId}`,
  resource: RESOURCE,
  scope: "openid profile email offline_access resource.invoke chatgpt.tokens.use.direct",
  code_challenge_method: "S256",
});

type Beside = { readonly now: number; readonly extras: Readonly<Record<string, string>> };

function toCredentials(authority: Authority, body: Readonly<Record<string, unknown>>, { now, extras }: Beside): Credentials {
  const tokens = readTokens(body, now);
  if (tokens === undefined) throw unreadable(authority, "access_token");
  const { email, plan } = openAiLabels(body["id_token"], tokens.access);
  return { ...tokens, baseUrl: RESOURCE, ...(email && { account: email }), extras: { ...extras, ...(plan && { plan }) } };
}
