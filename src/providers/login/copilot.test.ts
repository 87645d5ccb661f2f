import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { ModelError } from "#model/error.ts";
import { findLogin, type StoredWay } from "#providers/login/flows.ts";
import { usualApi } from "#providers/login/copilot.ts";
import { openFlow } from "#providers/login/open-flow.ts";
import { jumpingClock, person, serveAuthority, type Routes } from "#providers/login/testing-authority.ts";

const EXCHANGE = "/copilot_internal/v2/token";
const DEVICE: Routes = {
  "/login/device/code": [
    {
      body: { device_code: "d", user_code: "WXYZ-9876", verification_uri: "https://github.com/login/device", interval: 5, expires_in: 900 },
    },
  ],
  // GitHub tells its errors with status 200.
  "/login/oauth/access_token": [{ body: { error: "authorization_pending" } }, { body: { access_token: "gho_secretsecretsecret" } }],
  "/user": [{ body: { login: "octocat" } }],
};
const never = new AbortController().signal;

async function open(t: TestContext, routes: Routes) {
  const authority = await serveAuthority(t, { ...DEVICE, ...routes });
  const login = findLogin("copilot");
  const env = { FACTORY_COPILOT_CLIENT_ID: "our-own-id" };
  const around = { env, clock: jumpingClock(), host: authority.url, installId: "" };
  return { authority, flow: openFlow({ provider: login.slug, name: login.name, env }, login.way as StoredWay, around) };
}

test("GitHub's token is exchanged for one of Copilot", async (t) => {
  const token = { token: "tid=1;proxy-ep=proxy.business.githubcopilot.com;x=1", expires_at: 1_800_001_500, sku: "business" };
  const { authority, flow } = await open(t, { [EXCHANGE]: [{ body: token }] });
  assert.deepEqual(await flow.start(person().ui, never), {
    access: token.token,
    refresh: "gho_secretsecretsecret",
    expiresAt: 1_800_001_500_000,
    baseUrl: "https://api.business.githubcopilot.com",
    account: "octocat",
    extras: { origin: authority.url, plan: "business" },
  });
  assert.deepEqual(authority.asked[0]?.fields, { client_id: "our-own-id", scope: "read:user" });
  const exchange = authority.asked.find(({ path }) => path === EXCHANGE);
  assert.equal(exchange?.headers["authorization"], "Bearer gho_secretsecretsecret");
  assert.match(String(exchange?.headers["user-agent"]), /^factory/);
});

test("an address outside GitHub is not believed", async (t) => {
  for (const body of [
    { token: "t", expires_at: 1, endpoints: { api: "https://githubcopilot.com.evil.example" } },
    { token: "t;proxy-ep=proxy.evil.example", expires_at: 1 },
    { token: "t", expires_at: 1, endpoints: { api: "http://api.githubcopilot.com" } },
  ]) {
    const { flow } = await open(t, { [EXCHANGE]: [{ body }] });
    assert.equal((await flow.start(person().ui, never)).baseUrl, "https://api.githubcopilot.com");
  }
});

test("the address that the exchange names is taken where it is GitHub's", async (t) => {
  const body = { token: "t", expires_at: 1, endpoints: { api: "https://api.enterprise.githubcopilot.com/" } };
  const { flow } = await open(t, { [EXCHANGE]: [{ body }] });
  assert.equal((await flow.start(person().ui, never)).baseUrl, "https://api.enterprise.githubcopilot.com");
});

test("a tenant's token goes to the tenant where nothing is said", () => {
  assert.equal(usualApi("https://company.ghe.com"), "https://copilot-api.company.ghe.com");
  assert.equal(usualApi("https://github.com"), "https://api.githubcopilot.com");
});

test("an account without Copilot is told so", async (t) => {
  const { flow } = await open(t, { [EXCHANGE]: [{ status: 403, body: { message: "no" } }] });
  await assert.rejects(flow.start(person().ui, never), (error: unknown) => {
    assert.ok(error instanceof ModelError);
    assert.equal(error.kind, "permission");
    assert.match(error.advice, /Copilot plan/);
    return true;
  });
});

test("a login without a name is as good", async (t) => {
  const { flow } = await open(t, { "/user": ["cut"], [EXCHANGE]: [{ body: { token: "t", expires_at: 1 } }] });
  assert.equal("account" in (await flow.start(person().ui, never)), false);
});

test("a refresh exchanges the same token of GitHub again, and a revoked one asks for a new login", async (t) => {
  const { authority, flow } = await open(t, {
    [EXCHANGE]: [{ body: { token: "second", expires_at: 2 } }, { status: 401, body: { message: "Bad credentials" } }],
  });
  const stored = { access: "first", refresh: "gho_secretsecretsecret", extras: { origin: authority.url } };
  const fresh = await flow.refresh?.(stored, never);
  assert.deepEqual([fresh?.access, fresh?.refresh, fresh?.expiresAt], ["second", "gho_secretsecretsecret", 2000]);
  const refused = flow.refresh?.(stored, never) ?? Promise.resolve(stored);
  await assert.rejects(
    refused,
    (error: unknown) => error instanceof ModelError && error.kind === "auth" && /factory login copilot/.test(error.advice),
  );
});

test("a tenant's host is written with or without https, and never with a path", async () => {
  const login = findLogin("copilot");
  const around = (host: string) => ({ env: {}, clock: jumpingClock(), host, installId: "" });
  const authority = { provider: login.slug, name: login.name, env: {} };
  const start = (host: string) => openFlow(authority, login.way as StoredWay, around(host)).start(person().ui, never);
  await Promise.all([
    assert.rejects(start("company.ghe.com"), /FACTORY_COPILOT_CLIENT_ID is not set/),
    assert.rejects(start("https://company.ghe.com"), /FACTORY_COPILOT_CLIENT_ID is not set/),
    assert.rejects(start("company.ghe.com/path"), /--host is no host/),
    assert.rejects(start("https://user:pass@company.ghe.com"), /--host is no host/),
  ]);
});
