import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { systemClock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import type { Credentials } from "#providers/login/login.ts";
import { freshCredentials } from "#providers/login/refresh.ts";
import { standardDevice } from "#providers/login/standard-device.ts";
import { serveAuthority, type Routes } from "#providers/login/testing-authority.ts";
import { openTestingStore } from "#providers/login/testing-store.ts";

const never = new AbortController().signal;

/** The store's own clock is real; this one stands still. */
const NOW = systemClock.now();
const standing = { ...systemClock, now: () => NOW };
const stored = (leftMs: number): Credentials => ({
  access: "old",
  refresh: "r1",
  expiresAt: NOW + leftMs,
  account: "me",
  extras: { clientId: "id" },
});

async function open(t: TestContext, routes: Routes) {
  const folder = await mkdtemp(join(tmpdir(), "factory-login-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const authority = await serveAuthority(t, routes);
  const clientId = { variable: "UNUSED", instead: "" };
  const row = { origin: authority.url, originEnv: [], codePath: "/code", tokenPath: "/token", clientId, baseUrl: authority.url };
  const flow = standardDevice({ provider: "lab", name: "Lab", env: {} }, row, { env: {}, clock: standing, installId: "" });
  const { store, lock } = openTestingStore(folder);
  const fresh = (signal = never) => freshCredentials({ provider: "lab", flow, store, lock, clock: standing, signal });
  return { folder, authority, store, lock, fresh, flow };
}

const RENEWED = { body: { access_token: "new", refresh_token: "r2", expires_in: 3600 } };

/** Renews the login that is kept in a folder, and prints what it got. */
const OTHER_PROCESS = `
  import { systemClock } from "#base/clock.ts";
  import { freshCredentials } from "#providers/login/refresh.ts";
  import { standardDevice } from "#providers/login/standard-device.ts";
  import { openTestingStore } from "#providers/login/testing-store.ts";
  const [folder, origin] = process.argv.slice(1);
  const row = { origin, originEnv: [], codePath: "/code", tokenPath: "/token", baseUrl: origin };
  const flow = standardDevice({ provider: "lab", name: "Lab", env: {} }, row, { env: {}, clock: systemClock, installId: "" });
  const signal = AbortSignal.timeout(30_000);
  const got = await freshCredentials({ provider: "lab", flow, ...openTestingStore(folder), clock: systemClock, signal });
  process.stdout.write(JSON.stringify(got));
`;

test("a login is renewed in its last minute, and not before", async (t) => {
  const { authority, store, fresh } = await open(t, { "/token": [RENEWED] });
  assert.equal(await fresh(), null);
  await store.put("lab", stored(61_000));
  assert.equal((await fresh())?.access, "old");
  assert.deepEqual(authority.asked, []);
  await store.put("lab", stored(59_000));
  const renewed = await fresh();
  assert.deepEqual(renewed, {
    access: "new",
    refresh: "r2",
    expiresAt: NOW + 3_600_000,
    account: "me",
    baseUrl: authority.url,
    extras: { clientId: "id" },
  });
  assert.deepEqual(await store.get("lab"), renewed);
});

test("without an end it is never renewed; a refresh token that stays is kept; an end that is no longer told is forgotten", async (t) => {
  const { store, fresh, authority } = await open(t, { "/token": [{ body: { access_token: "new" } }] });
  await store.put("lab", { access: "key", extras: {} });
  assert.equal((await fresh())?.access, "key");
  assert.deepEqual(authority.asked, []);
  await store.put("lab", stored(-1));
  const renewed = await fresh();
  assert.deepEqual([renewed?.access, renewed?.refresh, renewed?.expiresAt], ["new", "r1", undefined]);
});

test("processes that renew at once ask once, and all have the new login", async (t) => {
  const { folder, authority, store } = await open(t, { "/token": [RENEWED, { status: 400, body: { error: "invalid_grant" } }] });
  await store.put("lab", stored(-1));
  const run = async () => {
    const argv = ["--input-type=module", "--eval", OTHER_PROCESS, folder, authority.url];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: import.meta.dirname });
    return JSON.parse(stdout) as Credentials;
  };
  const got = await Promise.all([run(), run(), run()]);
  assert.deepEqual(
    got.map(({ access, refresh }) => [access, refresh]),
    [
      ["new", "r2"],
      ["new", "r2"],
      ["new", "r2"],
    ],
  );
  assert.equal(authority.asked.length, 1);
});

test("a refused renewal says what to do and leaves what is stored", async (t) => {
  const { store, fresh } = await open(t, { "/token": [{ status: 400, body: { error: "invalid_grant", error_description: "revoked" } }] });
  await store.put("lab", stored(-1));
  await assert.rejects(fresh(), (error: unknown) => {
    assert.ok(error instanceof ModelError);
    assert.deepEqual([error.kind, error.message], ["auth", "Lab refused to renew the login: invalid_grant: revoked"]);
    assert.match(error.advice, /factory login lab/);
    return true;
  });
  assert.deepEqual(await store.get("lab"), stored(-1));
});

test("a renewal that fails early is no failure yet, and a network error is one of the network", async (t) => {
  const { store, fresh } = await open(t, { "/token": ["cut"] });
  await store.put("lab", stored(30_000));
  assert.equal((await fresh())?.access, "old");
  await store.put("lab", stored(-1));
  await assert.rejects(fresh(), (error: unknown) => error instanceof ModelError && error.kind === "interrupted");
  assert.deepEqual(await store.get("lab"), stored(-1));
});

test("an ended login without a refresh token asks for a new one", async (t) => {
  const { authority, store, fresh } = await open(t, {});
  await store.put("lab", { access: "old", expiresAt: NOW - 1, extras: {} });
  await assert.rejects(fresh(), /has ended and cannot be renewed/);
  assert.deepEqual(authority.asked, []);
});

test("whoever logs out while another waits for the lock is logged out", async (t) => {
  const { authority, store, lock, fresh } = await open(t, { "/token": [RENEWED] });
  await store.put("lab", stored(-1));
  let waiting: Promise<Credentials | null> = Promise.resolve(null);
  await lock("lab", never, async () => {
    waiting = fresh();
    await store.remove("lab");
  });
  assert.equal(await waiting, null);
  assert.deepEqual([await store.get("lab"), authority.asked], [null, []]);
});

test("stopping it while the authority is silent leaves what is stored", async (t) => {
  const stop = new AbortController();
  const reason = new Error("Ctrl-C");
  const { store, fresh } = await open(t, {
    "/token": () => {
      stop.abort(reason);
      return RENEWED;
    },
  });
  await store.put("lab", stored(-1));
  await assert.rejects(fresh(stop.signal), reason);
  assert.deepEqual(await store.get("lab"), stored(-1));
});
