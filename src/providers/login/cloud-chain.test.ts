import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { checkCloud, type Cloud } from "#providers/login/cloud-chain.ts";

const NOW = Date.parse("2026-11-20T12:00:00Z");

async function homeWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "factory-cloud-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  return home;
}

type Case = { readonly env?: Record<string, string>; readonly files?: Record<string, string> };

async function check(t: TestContext, cloud: Cloud, { env = {}, files = {} }: Case): Promise<string> {
  const result = await checkCloud(cloud, { env, home: await homeWith(t, files), now: NOW });
  return result.ok ? `found ${result.found}` : `${result.why} | ${result.todo}`;
}

const ADC = ".config/gcloud/application_default_credentials.json";
const SSO = "[profile dev]\nsso_session = corp\nregion = eu-west-1\n[sso-session corp]\nsso_start_url = https://corp.example/start\n";
const cached = (expiresAt: string) => JSON.stringify({ startUrl: "https://corp.example/start", accessToken: "very-secret", expiresAt });

test("Google: what gcloud wrote, and the command where it did not", async (t) => {
  const user = JSON.stringify({ type: "authorized_user", client_secret: "s3cret", refresh_token: "r", quota_project_id: "p-1" });
  const cases: readonly (readonly [Case, RegExp])[] = [
    [{}, /there is no .* \| Run `gcloud auth application-default login`/],
    [{ files: { [ADC]: user } }, /^found authorized user, in .*, project p-1$/],
    [{ files: { [ADC]: user }, env: { GOOGLE_CLOUD_PROJECT: "p-2" } }, /project p-2$/],
    [{ files: { [ADC]: '{"type":"authorized_user"}' } }, /no project: set GOOGLE_CLOUD_PROJECT/],
    [{ files: { [ADC]: "{" } }, /holds no credentials that are known/],
    [
      { env: { GOOGLE_APPLICATION_CREDENTIALS: "/nowhere/key.json" } },
      /GOOGLE_APPLICATION_CREDENTIALS names \/nowhere\/key\.json, which cannot be read/,
    ],
  ];
  for (const [given, expected] of cases) {
    const said = await check(t, "google", given);
    assert.match(said, expected);
    assert.doesNotMatch(said, /s3cret/);
  }
});

test("Google: a service account is named", async (t) => {
  const home = await homeWith(t, {
    "key.json": JSON.stringify({ type: "service_account", client_email: "bot@p.iam", private_key: "KEY", project_id: "p" }),
  });
  const result = await checkCloud("google", { env: { GOOGLE_APPLICATION_CREDENTIALS: join(home, "key.json") }, home, now: NOW });
  assert.match(result.ok ? result.found : "", /^service account, of bot@p\.iam, in .*key\.json, project p$/);
});

test("AWS: the first of its chain, and the command where the session is over", async (t) => {
  const config = ".aws/config";
  const cases: readonly (readonly [Case, RegExp])[] = [
    [{}, /there is no key, no profile and no role \| Run `aws configure sso`/],
    [{ env: { AWS_BEARER_TOKEN_BEDROCK: "b3arer", AWS_PROFILE: "gone" } }, /^found a Bedrock API key/],
    [{ env: { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s3cret" } }, /^found keys in AWS_ACCESS_KEY_ID/],
    [{ env: { AWS_PROFILE: "gone" } }, /AWS_PROFILE names gone, and there is no such profile/],
    [{ env: { AWS_PROFILE: "dev" }, files: { [config]: SSO } }, /was not started \| Run `aws sso login --profile dev`/],
    [
      { env: { AWS_PROFILE: "dev" }, files: { [config]: SSO, ".aws/sso/cache/a.json": cached("2026-11-20T11:00:00Z") } },
      /has ended \| Run `aws sso login --profile dev`/,
    ],
    [
      {
        env: { AWS_PROFILE: "dev" },
        files: { [config]: SSO, ".aws/sso/cache/a.json": cached("2026-11-20T13:00:00UTC"), ".aws/sso/cache/b.json": "{" },
      },
      /^found profile dev, region eu-west-1, SSO until 2026-11-20T13:00:00\.000Z$/,
    ],
    [
      { files: { ".aws/credentials": "[default]\naws_access_key_id = AKIA\naws_secret_access_key = s3cret\n" } },
      /^found profile default, no region: set AWS_REGION, with keys of its own$/,
    ],
    [
      { env: { AWS_REGION: "us-east-1" }, files: { [config]: "[default]\nrole_arn = arn:x\n" } },
      /^found profile default, region us-east-1, by a role$/,
    ],
    [{ env: { AWS_WEB_IDENTITY_TOKEN_FILE: "/token" } }, /^found the role that AWS_WEB_IDENTITY_TOKEN_FILE names$/],
  ];
  for (const [given, expected] of cases) {
    const said = await check(t, "aws", given);
    assert.match(said, expected);
    assert.doesNotMatch(said, /s3cret|b3arer|very-secret/);
  }
});
