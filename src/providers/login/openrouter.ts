import { asString } from "#base/json.ts";
import { ask, refusal, unreadable, type Authority } from "#providers/login/authority.ts";
import { authorizeInBrowser } from "#providers/login/browser-flow.ts";
import { originOf } from "#providers/login/host-of.ts";
import type { LoginAround, LoginFlow } from "#providers/login/login.ts";
import { makePkce, randomText } from "#providers/login/pkce.ts";

/** PKCE without a client id: whoever runs the program gets a key of their own, which lives until it is deleted. */
export function openRouter(authority: Authority, { clock, host }: LoginAround): LoginFlow {
  const origin = originOf(host, "https://openrouter.ai");
  return {
    async start(ui, signal) {
      const { verifier, challenge } = makePkce();
      const { code } = await authorizeInBrowser(
        {
          authority,
          port: 0,
          loopback: "localhost",
          // It sends no state back, so the way back itself is what nobody else can know.
          expected: { path: `/callback/${randomText()}`, state: null },
          toPage: (redirectUri) =>
            `${origin}/auth?${new URLSearchParams({ callback_url: redirectUri, code_challenge: challenge, code_challenge_method: "S256" })}`,
        },
        { ui, clock, signal },
      );
      const json = { code, code_verifier: verifier, code_challenge_method: "S256" };
      const told = await ask(authority, { url: `${origin}/api/v1/auth/keys`, json, signal });
      if (told.status >= 300) throw refusal(authority, told);
      const access = asString(told.body["key"]);
      if (access === undefined || access === "") throw unreadable(authority, "key");
      const account = asString(told.body["user_id"]);
      return { access, ...(account === undefined ? {} : { account }), extras: {} };
    },
  };
}
