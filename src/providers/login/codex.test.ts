import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { findLogin, type StoredWay } from "#providers/login/flows.ts";
import { openFlow } from "#providers/login/open-flow.ts";
import { jumpingClock, person, serveAuthority, type Routes } from "#providers/login/testing-authority.ts";

const START = "/api/accounts/deviceauth/usercode";
const POLL = "/api/accounts/deviceauth/token";
const STARTED = { body: { device_auth_id: "dev-1", usercode: "CODE-1", interval: "7" } };
const GRANTED = { body: { authorization_code: "auth-code", code_verifier: "the-verifier" } };
const never = new AbortController().signal;

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
const ACCESS = jwt({ "https://api.openai.com/auth": { chatgpt_account_id: "acc-1", chatgpt_plan_type: "plus" } });

async function open(t: TestContext, routes: Routes) {
  const authority = await serveAuthority(t, routes);
  const clock = jumpingClock();
  const login = findLogin("codex");
  const env = { FACTORY_CODEX_CLIENT_ID: "our-own-id" };
  const around = { env, clock, host: authority.url, installId: "" };
  return { authority, clock, flow: openFlow({ provider: login.slug, name: login.name, env }, login.way as StoredWay, around) };
}

test("the pair of codes is polled for, exchanged, and names account and plan", async (t) => {
  const tokens = { access_token: ACCESS, refresh_token: "r1", expires_in: 3600, id_token: jwt({ email: "me@example.com" }) };
  const pending = [{ status: 403 }, { status: 404 }, { status: 400, body: { error: { code: "deviceauth_authorization_pending" } } }];
  const slower = { status: 400, body: { error: { code: "slow_down" } } };
  const { authority, clock, flow } = await open(t, {
    [START]: [STARTED],
    [POLL]: [...pending, slower, "cut", GRANTED],
    "/oauth/token": [{ body: tokens }],
  });
  const { ui, shown } = person();
  const credentials = await flow.start(ui, never);
  assert.deepEqual(shown, [{ url: `${authority.url}/codex/device`, code: "CODE-1", expiresInS: 900 }]);
  assert.deepEqual(clock.waits, [7000, 7000, 7000, 7000, 12_000, 24_000]);
  assert.deepEqual(authority.asked.at(-1)?.fields, {
    grant_type: "authorization_code",
    client_id: "our-own-id",
    code: "auth-code",
    code_verifier: "the-verifier",
    redirect_uri: `${authority.url}/deviceauth/callback`,
  });
  assert.equal(credentials.account, "me@example.com");
  assert.deepEqual(credentials.extras, { clientId: "our-own-id", origin: authority.url, plan: "plus" });
  assert.deepEqual(credentials.headers, { "chatgpt-account-id": "acc-1" });
});

test("denied, expired, never entered, and not enabled are told apart", async (t) => {
  const cases: readonly (readonly [Routes, RegExp])[] = [
    [{ [START]: [STARTED], [POLL]: [{ status: 400, body: { error: "access_denied" } }] }, /declined/],
    [{ [START]: [STARTED], [POLL]: [{ status: 400, body: { error: { code: "deviceauth_expired" } } }] }, /not finished in time/],
    [{ [START]: [STARTED], [POLL]: [{ status: 403 }] }, /not finished in time/],
    [{ [START]: [{ status: 404 }] }, /not enabled/],
    [{ [START]: [STARTED], [POLL]: [{ body: {} }] }, /has no authorization_code/],
    [{ [START]: ["cut"] }, /connection was cut/],
  ];
  for (const [routes, message] of cases) {
    const { flow } = await open(t, routes);
    await assert.rejects(flow.start(person().ui, never), message);
  }
});
