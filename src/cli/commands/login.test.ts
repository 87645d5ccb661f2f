import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { serveAuthority, type Routes } from "#providers/login/testing-authority.ts";
import {
  assertTold,
  chats,
  MAIN,
  openPlace,
  runFactory,
  simulate,
  startFactory,
  startProgram,
  until,
  type Place,
} from "#test/run-factory.ts";

const KEY = "hf_abcdefghijklmnop";
const DEVICE: Routes = {
  "/login/device/code": [
    {
      body: { device_code: "d", user_code: "WXYZ-9876", verification_uri: "https://github.com/login/device", interval: 1, expires_in: 900 },
    },
  ],
  "/login/oauth/access_token": [{ body: { access_token: "gho_secretsecretsecret" } }],
  "/copilot_internal/v2/token": [{ body: { token: "copilot-secret-token", expires_at: 4_000_000_000, sku: "business" } }],
  "/user": [{ body: { login: "octocat" } }],
};

async function copilot(t: TestContext, routes: Routes = {}) {
  const place = await openPlace(t);
  const authority = await serveAuthority(t, { ...DEVICE, ...routes });
  const options = { env: { FACTORY_COPILOT_CLIENT_ID: "our-own-id" } };
  return { place, authority, args: ["login", "copilot", "--host", authority.url], options };
}

/** Every byte that the program left on the disk. */
async function leftBehind({ factoryHome }: Place): Promise<string> {
  const entries = await readdir(factoryHome, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((path) => readFile(path, "latin1")))).join("\n");
}

test("a device login is kept, shown without its secrets, and forgotten", async (t) => {
  const { place, args, options } = await copilot(t);
  const login = await runFactory(place, args, options);
  assert.equal(login.code, 0, login.stderr);
  assert.match(login.stdout, /^Logged in to GitHub Copilot as octocat\. Kept in .*vault\n$/);
  assert.match(login.stderr, /Open https:\/\/github\.com\/login\/device\nand enter the code WXYZ-9876\n/);
  assert.doesNotMatch(login.stdout + login.stderr + (await leftBehind(place)), /gho_secret|copilot-secret/);

  const listed = JSON.parse((await runFactory(place, ["whoami", "--json"])).stdout);
  assert.deepEqual(listed, [
    {
      provider: "copilot",
      account: "octocat",
      plan: "business",
      expiresAt: "2096-10-02T07:06:40.000Z",
      expired: false,
      renews: true,
      place: join(place.factoryHome, "vault"),
    },
  ]);
  const shown = await runFactory(place, ["whoami"]);
  assert.match(shown.stdout, /copilot +octocat +business +renewed at 2096-10-02T07:06:40\.000Z/);

  assert.match((await runFactory(place, ["logout", "copilot"])).stdout, /^Logged out of GitHub Copilot: removed from .*vault\.\n$/);
  assert.match((await runFactory(place, ["logout", "copilot"])).stdout, /^Not logged in to GitHub Copilot/);
  assert.deepEqual(JSON.parse((await runFactory(place, ["whoami", "--json"])).stdout), []);
});

/** The exchange of tokens, by turn: the first has ended when it is given. The address for requests is the authority's own. */
const exchange = (lives: readonly number[]): Routes => {
  let turn = 0;
  return {
    "/copilot_internal/v2/token": ({ headers }) => {
      const expires_at = lives[Math.min(turn++, lives.length - 1)];
      return { body: { token: `copilot-secret-token-${turn}`, expires_at, endpoints: { api: `http://${String(headers["host"])}` } } };
    },
  };
};
const PAST = 1;
const FUTURE = 4_000_000_000;

test("explain shows the login as the key and the address that it named, and not the token", async (t) => {
  const { place, authority, args, options } = await copilot(t, exchange([FUTURE]));
  assert.equal((await runFactory(place, args, options)).code, 0);
  const json = await runFactory(place, ["explain", "copilot:gpt-4o", "--json"]);
  const { provider, baseUrl, key } = JSON.parse(json.stdout);
  assert.deepEqual([provider, baseUrl], ["copilot", `${authority.url}/chat/completions`]);
  assert.deepEqual([key.source, key.name], ["login", "octocat"]);
  const table = await runFactory(place, ["explain", "copilot:claude-x"]);
  assert.match(table.stdout, /Key +octocat \(login\)/);
  assert.ok(table.stdout.includes(`${authority.url}/v1/messages`), table.stdout);
  assert.doesNotMatch(json.stdout + json.stderr + table.stdout + table.stderr, /secret/);
});

test("a login that has ended is renewed, and the request carries the new token to the address that came with it", async (t) => {
  const chunk = { id: "1", object: "chat.completion.chunk", choices: [{ index: 0, delta: { content: "hello" }, finish_reason: "stop" }] };
  const { place, authority, args, options } = await copilot(t, {
    ...exchange([PAST, FUTURE]),
    "/chat/completions": [{ type: "text/event-stream", text: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n` }],
  });
  assert.equal((await runFactory(place, args, options)).code, 0);
  const ran = await runFactory(place, ["exec", "-m", "copilot:gpt-4o", "hi"]);
  assert.deepEqual([ran.code, ran.stdout], [0, "hello\n"], ran.stderr);
  const chat = authority.asked.find(({ path }) => path === "/chat/completions");
  assert.equal(chat?.headers["authorization"], "Bearer copilot-secret-token-2");
  assert.equal((await runFactory(place, ["exec", "-m", "copilot:gpt-4o", "hi"])).code, 0);
  assert.equal(authority.paths().filter((path) => path === "/copilot_internal/v2/token").length, 2, "what was renewed is kept");
});

test("what a login says of its account goes with each request", async (t) => {
  const place = await openPlace(t);
  const claims = { "https://api.openai.com/auth": { chatgpt_account_id: "account-1" } };
  const access = `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
  const authority = await serveAuthority(t, {
    "/api/accounts/deviceauth/usercode": [{ body: { device_auth_id: "d", user_code: "CODE-1", interval: 1 } }],
    "/api/accounts/deviceauth/token": [{ body: { authorization_code: "c", code_verifier: "v" } }],
    "/oauth/token": [{ body: { access_token: access, refresh_token: "r", expires_in: 3600 } }],
  });
  const env = { FACTORY_CODEX_CLIENT_ID: "our-own-id" };
  assert.equal((await runFactory(place, ["login", "codex", "--host", authority.url], { env })).code, 0);
  const simulator = await simulate(t, { text: "hello" });
  const ran = await runFactory(place, ["exec", "-m", "codex:gpt-6-sol", "--host", simulator.url, "hi"]);
  assert.deepEqual([ran.code, ran.stdout], [0, "hello\n"], ran.stderr);
  assert.equal(chats(simulator)[0]?.headers["chatgpt-account-id"], "account-1");
});

test("a piped key is kept encrypted and can be replaced", async (t) => {
  const place = await openPlace(t);
  const login = await runFactory(place, ["login", "huggingface"], { stdin: `${KEY}\n` });
  assert.equal(login.code, 0, login.stderr);
  assert.match(login.stderr, /Make a key at https:\/\/huggingface\.co\/settings\/tokens/);
  assert.equal((await runFactory(place, ["login", "hf"], { stdin: `${KEY}2` })).code, 0);
  assert.doesNotMatch(login.stdout + login.stderr + (await leftBehind(place)), /abcdefgh/);
  assert.match((await runFactory(place, ["whoami"])).stdout, /huggingface +– +– +no end known/);
  assert.match((await runFactory(place, ["logout", "hf"])).stdout, /stays valid until you delete it at https:\/\/huggingface/);
});

test("a refused sign-in leaves the login that was there", async (t) => {
  const { place, args, options } = await copilot(t, {
    "/login/oauth/access_token": [{ body: { access_token: "gho_first" } }, { body: { error: "access_denied" } }],
  });
  assert.equal((await runFactory(place, args, options)).code, 0);
  const refused = await runFactory(place, args, options);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /declined at GitHub Copilot\n {2}Sign in again with `factory login copilot`/);
  assert.match((await runFactory(place, ["whoami"])).stdout, /octocat/);
});

test("Ctrl-C while it waits ends it at once and keeps nothing", async (t) => {
  const { place, args, options } = await copilot(t, { "/login/oauth/access_token": [{ body: { error: "authorization_pending" } }] });
  const running = startFactory(place, args, options);
  let told = "";
  running.child.stderr.on("data", (piece: string) => (told += piece));
  await until("it waits", () => told.includes("Waiting"));
  running.child.kill("SIGINT");
  const { code, stderr } = await running.ended;
  assert.deepEqual([code, stderr.endsWith("factory: stopped\n")], [130, true]);
  assert.deepEqual(JSON.parse((await runFactory(place, ["whoami", "--json"])).stdout), []);
});

test("what cannot be is told in a line, with what to do instead", async (t) => {
  const place = await openPlace(t);
  const cases = [
    [["login", "claude-max"], 2, /in its own tools only/, /factory login anthropic/],
    [["login", "qwen-oauth"], 2, /ended its free sign-in/, /factory login qwen/],
    [["login", "copilot"], 2, /FACTORY_COPILOT_CLIENT_ID is not set/, /GitHub's own tool/],
    [["login", "vertex"], 3, /application_default_credentials\.json/, /gcloud auth application-default login/],
    [["login", "bedrock"], 3, /no key, no profile and no role/, /aws sso login/],
    [["login", "ollama", "extra"], 2, /one provider at a time/, /once for each/],
    [["login", "nobody-knows-this"], 2, /unknown provider/, /factory providers/],
    [["logout"], 2, /takes one provider/, /factory whoami/],
    [["logout", "vertex"], 2, /no login of Google Vertex AI is kept/, /vendor's own tool/],
  ] as const;
  for (const [args, code, what, todo] of cases) assertTold(await runFactory(place, args), { code, what, todo });
});

test("what the cloud's own tools hold is found and not copied", async (t) => {
  const place = await openPlace(t);
  const ran = await runFactory(place, ["login", "bedrock"], { env: { AWS_BEARER_TOKEN_BEDROCK: "bedrock-secret" } });
  assert.deepEqual(
    [ran.code, ran.stdout],
    [0, "AWS Bedrock uses the login of your cloud tools: a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK\n"],
  );
  assert.equal(await leftBehind(place), "");
});

test("without a provider it lists the ways", async (t) => {
  const place = await openPlace(t);
  assert.match((await runFactory(place, ["login"])).stdout, /^PROVIDER .*\ncopilot .*FACTORY_COPILOT_CLIENT_ID/);
  const listed: readonly { provider: string }[] = JSON.parse((await runFactory(place, ["login", "--json"])).stdout);
  assert.ok(listed.some(({ provider }) => provider === "openrouter"));
});

test("on a server the answer of a browser elsewhere is pasted", async (t) => {
  const place = await openPlace(t);
  const authority = await serveAuthority(t, { "/api/v1/auth/keys": [{ body: { key: "sk-or-v1-abcdefghijkl", user_id: "user_1" } }] });
  const running = startFactory(place, ["login", "openrouter", "--host", authority.url], { stdin: "open" });
  let told = "";
  running.child.stderr.on("data", (piece: string) => (told += piece));
  await until("the address is shown", () => told.includes("Waiting"));
  const page = new URL(/Open (\S+)/.exec(told)?.[1] ?? "");
  running.child.stdin.write(`${page.searchParams.get("callback_url")}?code=one-time-code\n`);
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Logged in to OpenRouter as user_1/);
  assert.equal(authority.asked[0]?.fields["code"], "one-time-code");
});

/** What `script` does here, or why the tests of a terminal cannot run. */
const noTerminal =
  spawnSync("script", ["-qec", "exit 7", "/dev/null"], { input: "", timeout: 10_000 }).status === 7
    ? false
    : "these tests need util-linux' `script`";

/** The program on a terminal of its own; `output` is all that the terminal shows. */
function onTerminal(place: Place, args: readonly string[], env: Record<string, string>) {
  const command = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(" ");
  const running = startProgram(place, ["script", "-qec", command, "/dev/null"], { stdin: "open", env });
  return { ...running, type: (text: string) => running.child.stdin.write(text) };
}

test("on a terminal the page and the clipboard are offered, and the sign-in goes on meanwhile", { skip: noTerminal }, async (t) => {
  let entered = false;
  const { place, args } = await copilot(t, {
    "/login/oauth/access_token": () => ({ body: entered ? { access_token: "gho_x" } : { error: "authorization_pending" } }),
  });
  await writeFile(join(place.root, "xdg-open"), `#!/bin/sh\nprintf %s "$1" > '${place.root}/opened'\n`, { mode: 0o755 });
  const path = `${place.root}:${dirname(process.execPath)}:/usr/bin:/bin`;
  const { type, stdout, ended } = onTerminal(place, args, { FACTORY_COPILOT_CLIENT_ID: "our-own-id", DISPLAY: ":99", PATH: path });
  await until("it offers", () => /Enter opens the page, c and Enter copies the code/.test(stdout()));
  assert.equal(await readFile(join(place.root, "opened"), "utf8").catch(() => ""), "");
  type("\r");
  await until("the page was opened", () => stdout().includes("Opened."));
  assert.equal(await readFile(join(place.root, "opened"), "utf8"), "https://github.com/login/device");
  type("c\r");
  await until("the code was copied", () => stdout().includes("Copied."));
  entered = true;
  const { code } = await ended;
  assert.equal(code, 0, stdout());
  assert.match(stdout(), /\u001b\]52;c;V1hZWi05ODc2\u0007/);
  assert.match(stdout(), /Logged in to GitHub Copilot as octocat/);
});

test("on a terminal Ctrl-C ends a sign-in, and a pasted key is not shown", { skip: noTerminal }, async (t) => {
  const { place, args } = await copilot(t, { "/login/oauth/access_token": [{ body: { error: "authorization_pending" } }] });
  const waiting = onTerminal(place, args, { FACTORY_COPILOT_CLIENT_ID: "our-own-id" });
  await until("it waits", () => waiting.stdout().includes("Ctrl-C stops"));
  waiting.type("\u0003");
  assert.equal((await waiting.ended).code, 130);
  const pasting = onTerminal(place, ["login", "hf"], {});
  await until("it asks", () => pasting.stdout().includes("not shown"));
  pasting.type(`${KEY}\r`);
  assert.equal((await pasting.ended).code, 0, pasting.stdout());
  assert.doesNotMatch(pasting.stdout(), /abcdefgh/);
});
