import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Clock } from "#base/clock.ts";
import { ModelError } from "#model/error.ts";
import { awsAuthorize, awsRegion } from "#providers/auth/aws.ts";
import { regionOfProfile } from "#providers/auth/aws-profile.ts";
import { signCall } from "#providers/auth/aws-sign.ts";
import type { Env } from "#providers/keys.ts";

const KEYS = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const NOW = Date.UTC(2015, 7, 30, 12, 36, 0);
const CLOCK: Clock = { now: () => NOW, sleep: () => Promise.resolve() };
const CALL = {
  method: "POST",
  url: "https://bedrock-runtime.us-east-1.amazonaws.com/model/us.anthropic.claude-v1%3A0/converse-stream?b=2&a=1%202",
  headers: { "content-type": "application/json", accept: "x" },
  body: '{"messages":["grüße"]}',
} as const;

test("aws: the example signature of the documentation", async () => {
  const credentials = { accessKeyId: KEYS.AWS_ACCESS_KEY_ID, secretAccessKey: KEYS.AWS_SECRET_ACCESS_KEY };
  const call = { method: "GET", url: "https://example.amazonaws.com/", headers: {}, body: "" };
  assert.deepEqual(await signCall(call, { credentials, region: "us-east-1", service: "service", now: NOW }), {
    authorization:
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, " +
      "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "x-amz-date": "20150830T123600Z",
  });
});

test("aws: a call is signed as the specification computes it, the escaped path escaped again", async () => {
  const env = { ...KEYS, AWS_SESSION_TOKEN: "the-session" };
  const headers = await awsAuthorize({ region: "us-east-1", service: "bedrock", env, clock: CLOCK })(CALL);
  assert.deepEqual(Object.keys(headers).toSorted(), ["authorization", "x-amz-date", "x-amz-security-token"]);
  assert.equal(headers["x-amz-security-token"], "the-session");
  const canonical = [
    "POST",
    "/model/us.anthropic.claude-v1%253A0/converse-stream",
    "a=1%202&b=2",
    "content-type:application/json",
    "host:bedrock-runtime.us-east-1.amazonaws.com",
    "x-amz-date:20150830T123600Z",
    "x-amz-security-token:the-session",
    "",
    "content-type;host;x-amz-date;x-amz-security-token",
    sha256(CALL.body),
  ].join("\n");
  const scope = "20150830/us-east-1/bedrock/aws4_request";
  const toSign = ["AWS4-HMAC-SHA256", "20150830T123600Z", scope, sha256(canonical)].join("\n");
  const key = scope.split("/").reduce<Buffer>((secret, part) => hmac(secret, part), Buffer.from(`AWS4${KEYS.AWS_SECRET_ACCESS_KEY}`));
  assert.match(headers.authorization ?? "", new RegExp(`Signature=${hmac(key, toSign).toString("hex")}$`));
});

test("aws: a bearer token needs neither a signature nor a region", async () => {
  for (const name of ["AWS_BEARER_TOKEN_BEDROCK", "BEDROCK_API_KEY"]) {
    const headers = await awsAuthorize({ service: "bedrock", env: { ...KEYS, [name]: "token-1" } })(CALL);
    assert.deepEqual(headers, { authorization: "Bearer token-1" });
  }
});

test("aws: the region comes from the variables, then from the profile, and from nowhere else", async (t) => {
  const home = await awsHome(t, { config: "[default]\nregion = eu-west-1\n[profile work]\nregion=ap-south-1\n" });
  assert.equal(await awsRegion({ env: { ...home, AWS_REGION: "us-west-2", AWS_DEFAULT_REGION: "x" } }), "us-west-2");
  assert.equal(await awsRegion({ env: { ...home, AWS_REGION: "", AWS_DEFAULT_REGION: "us-east-2" } }), "us-east-2");
  assert.equal(await awsRegion({ env: home }), "eu-west-1");
  assert.equal(await awsRegion({ env: { ...home, AWS_PROFILE: "work" } }), "ap-south-1");
  assert.equal(await awsRegion({ env: home, profile: "work" }), "ap-south-1");
  const error = await failure(awsAuthorize({ region: "", service: "bedrock", env: { ...home, ...KEYS, AWS_PROFILE: "other" } })(CALL));
  assert.match(error.message, /neither AWS_REGION nor AWS_DEFAULT_REGION, nor profile other in .*config/);
  assert.match(error.advice, /AWS_REGION=/);
});

test("aws: a profile's region is its own, not that of a setting inside it", () => {
  const config = "[profile a]\ns3 =\n  region = inner\noutput = json\r\nregion = outer # why\n[b]\nregion = b-1\n";
  assert.equal(regionOfProfile(config, "a"), "outer");
  assert.equal(regionOfProfile(config, "b"), "b-1");
  assert.equal(regionOfProfile(config, "c"), undefined);
  assert.equal(regionOfProfile("", "default"), undefined);
});

test("aws: the credentials of a profile sign, and a named profile wins over the variables", async (t) => {
  const home = await awsHome(t, {
    credentials:
      "[default]\naws_access_key_id=AKDEFAULT\naws_secret_access_key=s\n[work]\naws_access_key_id=AKWORK\naws_secret_access_key=s\n",
  });
  const signedBy = async (env: Env, profile?: string) => {
    const authorize = awsAuthorize({ region: "us-east-1", service: "bedrock", env, ...(profile === undefined ? {} : { profile }) });
    return /Credential=(\w+)/.exec((await authorize(CALL)).authorization ?? "")?.[1];
  };
  assert.equal(await signedBy(home), "AKDEFAULT");
  assert.equal(await signedBy({ ...home, ...KEYS }), "AKIDEXAMPLE");
  assert.equal(await signedBy({ ...home, ...KEYS, AWS_PROFILE: "" }, ""), "AKIDEXAMPLE");
  assert.equal(await signedBy({ ...home, ...KEYS, AWS_PROFILE: "work" }), "AKWORK");
  assert.equal(await signedBy({ ...home, ...KEYS }, "work"), "AKWORK");
});

test("aws: the container's credentials sign", async (t) => {
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.end(JSON.stringify({ AccessKeyId: "AKCONTAINER", SecretAccessKey: "s", Token: "t", Expiration }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  variable(t, "AWS_CONTAINER_CREDENTIALS_FULL_URI", `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
  const authorize = awsAuthorize({ region: "us-east-1", service: "bedrock", env: await awsHome(t, {}) });
  for (let round = 0; round < 2; round += 1) assert.match((await authorize(CALL)).authorization ?? "", /Credential=AKCONTAINER\//);
  assert.equal(asked, 1, "they are kept until they expire");
});

test("aws: without credentials the error names where they were looked for", async (t) => {
  variable(t, "AWS_EC2_METADATA_DISABLED", "true");
  const error = await failure(awsAuthorize({ region: "us-east-1", service: "bedrock", env: await awsHome(t, {}) })(CALL));
  assert.match(error.message, /^no AWS credentials: /);
  for (const place of ["AWS_BEARER_TOKEN_BEDROCK", "AWS_ACCESS_KEY_ID", "profile default", "aws sso login", "container", "instance"]) {
    assert.ok(error.advice.includes(place), place);
  }
});

test("aws: an expired login and expired variables say what to do", async (t) => {
  const config = [
    "[profile sso]",
    "sso_session = s",
    "sso_account_id = 1",
    "sso_role_name = r",
    "[sso-session s]",
    "sso_region = us-east-1",
    "sso_start_url = https://example.awsapps.com/start",
    "",
  ].join("\n");
  const home = await awsHome(t, { config });
  const login = await failure(awsAuthorize({ region: "us-east-1", service: "bedrock", env: { ...home, AWS_PROFILE: "sso" } })(CALL));
  assert.match(login.advice, /aws sso login --profile sso/);
  const env = { ...KEYS, AWS_CREDENTIAL_EXPIRATION: "2015-08-30T12:00:00Z" };
  const expired = await failure(awsAuthorize({ region: "us-east-1", service: "bedrock", env, clock: CLOCK })(CALL));
  assert.match(expired.message, /expired at 2015-08-30T12:00:00/);
});

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

async function failure(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.then(
    () => "no failure",
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ModelError && error.kind === "auth", String(error));
  return error;
}

/** A home folder with AWS files, as environment variables. */
async function awsHome(t: TestContext, files: { readonly config?: string; readonly credentials?: string }): Promise<Env> {
  const home = await mkdtemp(join(tmpdir(), "aws-"));
  t.after(() => rm(home, { recursive: true, force: true }));
  await mkdir(join(home, ".aws"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(home, ".aws", name), text);
  // The library finds the cache of logins by the process's own home.
  variable(t, "HOME", home);
  return { HOME: home };
}

/** Sets a variable of this process for one test. */
function variable(t: TestContext, name: string, value: string): void {
  const before = process.env[name];
  process.env[name] = value;
  t.after(() => {
    if (before === undefined) delete process.env[name];
    else process.env[name] = before;
  });
}
