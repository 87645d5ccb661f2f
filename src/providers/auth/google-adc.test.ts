import assert from "node:assert/strict";
import { generateKeyPairSync, verify } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { ModelError, type ErrorKind } from "#model/error.ts";
import { googleAuthorize } from "#providers/auth/google-adc.ts";

const CALL = { method: "POST", url: "https://us-central1-aiplatform.googleapis.com/v1/x", headers: {}, body: "{}" } as const;
const USER = { type: "authorized_user", client_id: "id", client_secret: "secret-value", refresh_token: "refresh-value" };

test("google: a login is exchanged for a token, which is kept until a minute before its end", async (t) => {
  const lives = [3600, 3600, 30, 3600];
  const server = await tokenServer(t, () => ({
    status: 200,
    body: { access_token: `token-${lives.length}`, expires_in: lives.shift() ?? 0 },
  }));
  const { file } = await folder(t, { ...USER, quota_project_id: "bill-me" });
  const authorize = googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file }, tokenUrl: server.url });
  const first = await authorize(CALL);
  assert.deepEqual(first, { authorization: "Bearer token-4", "x-goog-user-project": "bill-me" });
  assert.deepEqual(await authorize(CALL), first);
  assert.equal(server.asked.length, 1);
  assert.match(server.asked[0] ?? "", /refresh_token=refresh-value.*grant_type=refresh_token/);
  lives.splice(0, lives.length, 30, 3600);
  const brief = googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file }, tokenUrl: server.url });
  await brief(CALL);
  await brief(CALL);
  assert.equal(server.asked.length, 3, "half a minute is not kept");
});

test("google: the login of gcloud is found in its folder; the variable's project pays", async (t) => {
  const server = await tokenServer(t, () => ({ status: 200, body: { access_token: "t", expires_in: 3600 } }));
  const { home } = await folder(t, { ...USER, quota_project_id: "file" });
  const found = { authorization: "Bearer t", "x-goog-user-project": "variable" };
  const env = { HOME: home, GOOGLE_CLOUD_QUOTA_PROJECT: "variable" };
  assert.deepEqual(await googleAuthorize({ env, tokenUrl: server.url })(CALL), found);
  const told = { CLOUDSDK_CONFIG: join(home, ".config/gcloud"), GOOGLE_CLOUD_QUOTA_PROJECT: "variable" };
  assert.deepEqual(await googleAuthorize({ env: told, tokenUrl: server.url })(CALL), found);
});

test("google: a service account signs by itself", async (t) => {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const account = {
    type: "service_account",
    client_email: "me@project.iam.gserviceaccount.com",
    private_key_id: "key-1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    project_id: "project",
  };
  const { file } = await folder(t, account);
  const headers = await googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file } })(CALL);
  const [head = "", claims = "", signature = ""] = (headers.authorization ?? "").replace("Bearer ", "").split(".");
  assert.ok(verify("sha256", Buffer.from(`${head}.${claims}`), publicKey, Buffer.from(signature, "base64url")));
  const { iss, scope, exp, iat } = JSON.parse(Buffer.from(claims, "base64url").toString());
  assert.deepEqual([iss, scope], [account.client_email, "https://www.googleapis.com/auth/cloud-platform"]);
  assert.ok(exp > iat && exp - iat <= 3600);
});

for (const [name, status, body, kind] of [
  ["a revoked login", 400, { error: "invalid_grant", error_description: "Token has been expired or revoked." }, "auth"],
  ["a login that must be renewed", 400, { error: "invalid_grant", error_description: "reauth related error (invalid_rapt)" }, "auth"],
  ["an unknown client", 401, { error: "invalid_client", error_description: "The OAuth client was not found." }, "auth"],
] as const) {
  test(`google: ${name} is told apart, with what to do`, async (t) => {
    const server = await tokenServer(t, () => ({ status, body }));
    const { file } = await folder(t, USER);
    const error = await failure(googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file }, tokenUrl: server.url })(CALL), kind);
    assert.match(error.advice, /gcloud auth application-default login/);
    assert.doesNotMatch(error.message, /refresh-value|secret-value/);
    if (body.error === "invalid_grant") assert.match(error.message, /expired or was revoked/);
  });
}

test("google: a token server that is not there is the network's fault", async (t) => {
  const { file } = await folder(t, USER);
  const url = await closedUrl();
  await failure(googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file }, tokenUrl: url })(CALL), "network");
});

test("google: a file that is missing or no credentials is named, and counts anew once it is mended", async (t) => {
  const { home, file } = await folder(t, {});
  const gone = join(home, "gone.json");
  assert.match(
    (await failure(googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: gone } })(CALL), "auth")).message,
    /gone\.json, which cannot be read/,
  );
  const server = await tokenServer(t, () => ({ status: 200, body: { access_token: "t", expires_in: 3600 } }));
  const authorize = googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file }, tokenUrl: server.url });
  assert.match((await failure(authorize(CALL), "auth")).message, /holds no Google credentials/);
  await writeFile(file, JSON.stringify(USER));
  assert.equal((await authorize(CALL)).authorization, "Bearer t");
});

test("google: a workforce login is refreshed at its own token server", async (t) => {
  const server = await tokenServer(t, () => ({ status: 200, body: { access_token: "workforce", expires_in: 3600 } }));
  const { file } = await folder(t, {
    type: "external_account_authorized_user",
    audience: "//iam.googleapis.com/locations/global/workforcePools/p/providers/q",
    client_id: "id",
    client_secret: "s",
    refresh_token: "r",
    token_url: server.url,
    token_info_url: server.url,
  });
  assert.equal((await googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file } })(CALL)).authorization, "Bearer workforce");
});

for (const [name, credentials, said] of [
  ["of an unknown type", { type: "novel" }, /of a type that is not known/],
  ["without what they need", { type: "authorized_user" }, /does not contain a client_id/],
  ["of an impersonation without its source", { type: "impersonated_service_account" }, /source_credentials/],
] as const) {
  test(`google: credentials ${name} are refused`, async (t) => {
    const { file } = await folder(t, credentials);
    assert.match((await failure(googleAuthorize({ env: { GOOGLE_APPLICATION_CREDENTIALS: file } })(CALL), "auth")).message, said);
  });
}

test("google: the metadata server's token is kept until a minute before its end", async (t) => {
  let now = 1_000_000;
  const server = await tokenServer(t, (count) => ({
    status: 200,
    body: { access_token: `meta-${count}`, expires_in: 600, token_type: "Bearer" },
  }));
  const env = { HOME: await emptyHome(t), GCE_METADATA_HOST: new URL(server.url).host };
  const authorize = googleAuthorize({ env, clock: { ...systemClock, now: () => now } });
  assert.deepEqual(await authorize(CALL), { authorization: "Bearer meta-1" });
  now += 539_999;
  assert.equal((await authorize(CALL)).authorization, "Bearer meta-1");
  now += 1;
  assert.equal((await authorize(CALL)).authorization, "Bearer meta-2");
  assert.equal(server.flavors[0], "Google");
});

test("google: without any credentials the error names all places", async (t) => {
  const HOME = await emptyHome(t);
  const silent = await failure(googleAuthorize({ env: { HOME, GCE_METADATA_HOST: new URL(await closedUrl()).host } })(CALL), "auth");
  assert.match(
    silent.message,
    /GOOGLE_APPLICATION_CREDENTIALS is not set, there is no .*application_default_credentials\.json, and no metadata server/,
  );
  const server = await tokenServer(t, () => ({ status: 404, body: {} }));
  const refused = await failure(googleAuthorize({ env: { HOME, GCE_METADATA_HOST: new URL(server.url).host } })(CALL), "auth");
  assert.match(refused.message, /gives no token \(HTTP 404\)/);
});

type TokenServer = { readonly url: string; readonly asked: readonly string[]; readonly flavors: readonly unknown[] };

async function tokenServer(
  t: TestContext,
  answer: (count: number) => { readonly status: number; readonly body: unknown },
): Promise<TokenServer> {
  const asked: string[] = [];
  const flavors: unknown[] = [];
  const server = createServer((request, response) => {
    flavors.push(request.headers["metadata-flavor"]);
    let text = "";
    request.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    request.on("end", () => {
      asked.push(text);
      const { status, body } = answer(asked.length);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/token`, asked, flavors };
}

/** An address on which nobody listens any more. */
async function closedUrl(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/token`;
}

async function emptyHome(t: TestContext): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "google-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  return home;
}

/** A home folder with the login in its place. */
async function folder(t: TestContext, credentials: object): Promise<{ readonly home: string; readonly file: string }> {
  const home = await emptyHome(t);
  const file = join(home, ".config/gcloud/application_default_credentials.json");
  await mkdir(join(home, ".config/gcloud"), { recursive: true });
  await writeFile(file, JSON.stringify(credentials));
  return { home, file };
}

async function failure(promise: Promise<unknown>, kind: ErrorKind): Promise<ModelError> {
  const error: unknown = await promise.then(
    () => "no failure",
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ModelError && error.kind === kind, String(error));
  return error;
}
