import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { findLogin, type StoredWay } from "#providers/login/flows.ts";
import { openFlow } from "#providers/login/open-flow.ts";
import { jumpingClock, person, serveAuthority, type Asked, type Routes } from "#providers/login/testing-authority.ts";

const START = "/oauth2/device/code";
const TOKEN = "/oauth2/token";
const NOW = 1_800_000_000_000;
const started = ({ fields }: Asked) => ({
  body: {
    user_code: "MM-1",
    verification_uri: "https://minimax.example/go",
    expired_in: NOW + 300_000,
    interval: 3000,
    state: fields["state"],
  },
});
const PENDING = { body: { status: "pending" } };
const never = new AbortController().signal;

async function open(t: TestContext, routes: Routes, name = "minimax-oauth") {
  const authority = await serveAuthority(t, routes);
  const clock = jumpingClock(NOW);
  const login = findLogin(name);
  const env = { FACTORY_MINIMAX_CLIENT_ID: "our-own-id" };
  const around = { env, clock, host: authority.url, installId: "" };
  return { authority, clock, flow: openFlow({ provider: login.slug, name: login.name, env }, login.way as StoredWay, around) };
}

test("its times are milliseconds, and the verifier fits the challenge", async (t) => {
  const done = { body: { status: "success", access_token: "a", refresh_token: "r", expired_in: NOW + 7_200_000 } };
  const { authority, clock, flow } = await open(t, { [START]: started, [TOKEN]: [PENDING, "cut", done] });
  const { ui, shown } = person();
  assert.deepEqual(await flow.start(ui, never), {
    access: "a",
    refresh: "r",
    expiresAt: NOW + 7_200_000,
    baseUrl: "https://api.minimax.io/anthropic",
    extras: { clientId: "our-own-id", origin: authority.url },
  });
  assert.deepEqual(shown, [{ url: "https://minimax.example/go", code: "MM-1", expiresInS: 300 }]);
  assert.deepEqual(clock.waits, [3000, 3000, 6000]);
  const [asked, poll] = authority.asked.map(({ fields }) => fields);
  const hash = createHash("sha256").update(String(poll?.["code_verifier"])).digest("base64url");
  assert.equal(asked?.["code_challenge"], hash);
  assert.equal(poll?.["user_code"], "MM-1");
});

test("relative times and an address of its own are read; a foreign address is not", async (t) => {
  const done = (resource_url: string) => ({ body: { status: "success", access_token: "a", expired_in: 3600, resource_url } });
  const own = await open(t, { [START]: started, [TOKEN]: [done("https://api.minimaxi.com/anthropic")] }, "minimax-portal-cn");
  const credentials = await own.flow.start(person().ui, never);
  assert.equal(credentials.baseUrl, "https://api.minimaxi.com/anthropic");
  assert.equal(credentials.expiresAt, own.clock.at + 3_600_000);
  const foreign = await open(t, { [START]: started, [TOKEN]: [done("https://evil.example")] });
  assert.equal((await foreign.flow.start(person().ui, never)).baseUrl, "https://api.minimax.io/anthropic");
});

test("refusals, a foreign state and a code that nobody enters", async (t) => {
  const cases: readonly (readonly [Routes, RegExp])[] = [
    [{ [START]: started, [TOKEN]: [PENDING, { body: { status: "error", error: "access_denied" } }] }, /declined/],
    [{ [START]: started, [TOKEN]: [{ body: { status: "error", error: "expired_token" } }] }, /not finished in time/],
    [{ [START]: started, [TOKEN]: [{ body: { status: "error" } }] }, /refused the sign-in/],
    [{ [START]: started, [TOKEN]: [PENDING] }, /not finished in time/],
    [{ [START]: (asked) => ({ body: { ...started(asked).body, state: "another" } }) }, /belongs to another sign-in/],
    [{ [START]: [{ status: 400, body: { error: "invalid_client" } }] }, /invalid_client/],
  ];
  for (const [routes, message] of cases) {
    const { flow } = await open(t, routes);
    await assert.rejects(flow.start(person().ui, never), message);
  }
});

test("slow_down is obeyed", async (t) => {
  const done = { body: { status: "success", access_token: "a" } };
  const { clock, flow } = await open(t, { [START]: started, [TOKEN]: [{ status: 400, body: { error: "slow_down" } }, done] });
  const credentials = await flow.start(person().ui, never);
  assert.deepEqual(clock.waits, [3000, 8000]);
  assert.equal("expiresAt" in credentials, false);
});
