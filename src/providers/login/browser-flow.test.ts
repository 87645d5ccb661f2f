import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { callHttp, readText } from "#base/http.ts";
import { chatGpt } from "#providers/login/chatgpt.ts";
import type { LoginUi, Shown } from "#providers/login/login.ts";
import { openRouter } from "#providers/login/openrouter.ts";
import { jumpingClock, person, serveAuthority, type TestingAuthority } from "#providers/login/testing-authority.ts";

const OPENROUTER = { provider: "openrouter", name: "OpenRouter", env: {} };
const CHATGPT = { provider: "chatgpt", name: "ChatGPT", env: {} };
const TOKEN = "/api/accounts/oauth/token";
const never = new AbortController().signal;
const LIMITS = { connectMs: 5000, headersMs: 5000, idleMs: 5000 };

const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.sig`;
const around = ({ url }: Pick<TestingAuthority, "url">) => ({
  env: {},
  clock: systemClock,
  host: url,
  installId: "22222222-2222-4222-8222-222222222222",
});

/** A person with a browser on this machine; `way` is what the authority does with the browser. */
function browsing(way: (page: URL) => string | readonly string[]) {
  const answers: { readonly status: number; readonly text: string }[] = [];
  const visit = async ({ url }: Shown) => {
    for (const target of [way(new URL(url))].flat()) {
      // The name localhost may mean IPv6 first; browsers try both.
      const answer = await callHttp({
        method: "GET",
        url: target.replace("localhost", "127.0.0.1"),
        headers: {},
        limits: LIMITS,
        signal: never,
      });
      answers.push({ status: answer.status, text: await readText(answer.body, 10_000) });
    }
  };
  let visited = Promise.resolve();
  const someone = person({ onShow: (shown) => void (visited = visit(shown)) });
  // Nothing is pasted here.
  const ui: LoginUi = { ...someone.ui, prompt: async () => "" };
  return { ...someone, ui, answers: () => visited.then(() => answers) };
}

test("OpenRouter: the browser brings a code, which gets a key", async (t) => {
  const authority = await serveAuthority(t, { "/api/v1/auth/keys": [{ body: { key: "sk-or-v1-secret", user_id: "user_1" } }] });
  let page = new URL("http://unset.example");
  const { ui, answers, shown } = browsing((url) => {
    page = url;
    return `${url.searchParams.get("callback_url")}?code=one-time-code`;
  });
  assert.deepEqual(await openRouter(OPENROUTER, around(authority)).start(ui, never), {
    access: "sk-or-v1-secret",
    account: "user_1",
    extras: {},
  });
  assert.match((await answers())[0]?.text ?? "", /You can close this window/);
  assert.equal(shown[0]?.code, null);
  const { code, code_verifier, code_challenge_method } = authority.asked[0]?.fields ?? {};
  assert.deepEqual([code, code_challenge_method, page.searchParams.get("code_challenge_method")], ["one-time-code", "S256", "S256"]);
  assert.equal(page.searchParams.get("code_challenge"), createHash("sha256").update(String(code_verifier)).digest("base64url"));
  assert.match(page.searchParams.get("callback_url") ?? "", /^http:\/\/localhost:\d+\/callback\/[\w-]{43}$/);
});

test("OpenRouter: only the right path counts", async (t) => {
  const authority = await serveAuthority(t, { "/api/v1/auth/keys": [{ body: { key: "k" } }] });
  const { ui, answers } = browsing((url) => {
    const back = new URL(url.searchParams.get("callback_url") ?? "");
    return [`${back.origin}/callback?code=forged`, `${back.origin}/`, `${back.href}`, `${back.href}?code=right`];
  });
  await openRouter(OPENROUTER, around(authority)).start(ui, never);
  assert.deepEqual(
    authority.asked.map(({ fields }) => fields["code"]),
    ["right"],
  );
  assert.deepEqual(
    (await answers()).slice(0, 3).map(({ status }) => status),
    [404, 404, 404],
  );
});

test("OpenRouter: a code that it refuses, and an answer without a key", async (t) => {
  for (const [answer, message] of [
    [{ status: 403, body: { error: { code: 403, message: "Invalid code or code_verifier" } } }, /refused the sign-in: Invalid code/],
    [{ body: {} }, /has no key/],
    ["cut", /connection was cut/],
  ] as const) {
    const authority = await serveAuthority(t, { "/api/v1/auth/keys": [answer] });
    const { ui } = browsing((url) => `${url.searchParams.get("callback_url")}?code=one-time-code`);
    await assert.rejects(openRouter(OPENROUTER, around(authority)).start(ui, never), message);
  }
});

test("ChatGPT: the issued client id is used for the tokens and kept for the renewal", async (t) => {
  let nonce = "";
  const tokens = () => ({
    body: {
      access_token: jwt({ "https://api.openai.com/auth": { chatgpt_plan_type: "pro" } }),
      refresh_token: "r1",
      expires_in: 3600,
      id_token: jwt({ nonce, email: "me@example.com" }),
    },
  });
  const authority = await serveAuthority(t, { [TOKEN]: tokens });
  let page = new URL("http://unset.example");
  const { ui } = browsing((url) => {
    page = url;
    nonce = url.searchParams.get("nonce") ?? "";
    return `${url.searchParams.get("redirect_uri")}?code=c1&client_id=issued-1&state=${url.searchParams.get("state")}`;
  });
  const flow = chatGpt(CHATGPT, around(authority), 0);
  const credentials = await flow.start(ui, never);
  assert.equal(page.pathname, "/api/accounts/authorize");
  assert.equal(page.searchParams.get("client_id"), "dynamic_agent_client");
  assert.equal(page.searchParams.get("agent_name_hint"), "factory");
  assert.equal(page.searchParams.get("ext_agent_host_id"), "urn:uuid:22222222-2222-4222-8222-222222222222");
  const { code_verifier, ...fields } = authority.asked[0]?.fields ?? {};
  assert.equal(page.searchParams.get("code_challenge"), createHash("sha256").update(String(code_verifier)).digest("base64url"));
  assert.deepEqual(fields, {
    grant_type: "authorization_code",
    client_id: "issued-1",
    code: "c1",
    redirect_uri: page.searchParams.get("redirect_uri"),
    resource: "https://api.openai.com/v1",
  });
  assert.deepEqual(
    [credentials.account, credentials.extras["plan"], credentials.extras["clientId"]],
    ["me@example.com", "pro", "issued-1"],
  );
  await flow.refresh?.(credentials, never);
  const { client_id, resource, refresh_token } = authority.asked[1]?.fields ?? {};
  assert.deepEqual([client_id, resource, refresh_token], ["issued-1", "https://api.openai.com/v1", "r1"]);
});

test("ChatGPT: a foreign state is not answered, and a foreign nonce is refused", async (t) => {
  const authority = await serveAuthority(t, { [TOKEN]: [{ body: { access_token: "a", id_token: jwt({ nonce: "another" }) } }] });
  const { ui, answers } = browsing((url) => {
    const back = `${url.searchParams.get("redirect_uri")}?code=c1&client_id=i`;
    return [`${back}&state=forged`, back, `${back}&state=${url.searchParams.get("state")}`];
  });
  await assert.rejects(chatGpt(CHATGPT, around(authority), 0).start(ui, never), /belongs to another sign-in/);
  assert.deepEqual(
    (await answers()).map(({ status }) => status),
    [404, 404, 200],
  );
});

test("ChatGPT: declined in the browser", async (t) => {
  const authority = await serveAuthority(t, {});
  const { ui, answers } = browsing(
    (url) => `${url.searchParams.get("redirect_uri")}?error=access_denied&state=${url.searchParams.get("state")}`,
  );
  await assert.rejects(chatGpt(CHATGPT, around(authority), 0).start(ui, never), /declined at ChatGPT/);
  assert.match((await answers())[0]?.text ?? "", /not completed/);
  assert.deepEqual(authority.asked, []);
});

test("a browser on another machine: the address it ended at is pasted", async (t) => {
  const authority = await serveAuthority(t, { [TOKEN]: [{ body: { access_token: "a" } }] });
  const typed: string[] = [];
  const { ui, notes } = person({
    onShow: ({ url }) => {
      const { searchParams } = new URL(url);
      const back = `${searchParams.get("redirect_uri")}?code=c1&client_id=i`;
      typed.push("what?", `${back}&state=forged`, `${back}&state=${searchParams.get("state")}`);
    },
  });
  const flow = chatGpt(CHATGPT, around(authority), 0);
  const credentials = await flow.start({ ...ui, prompt: async () => typed.shift() ?? "" }, never);
  assert.equal(credentials.access, "a");
  assert.equal(notes.length, 2);
});

test("nobody comes back: it ends by itself", async (t) => {
  const authority = await serveAuthority(t, {});
  const flow = openRouter(OPENROUTER, { ...around(authority), clock: jumpingClock() });
  await assert.rejects(flow.start(person().ui, never), /not finished in time/);
});

test("stopping it closes the port", async (t) => {
  const authority = await serveAuthority(t, {});
  const stop = new AbortController();
  const reason = new Error("Ctrl-C");
  const { ui, shown } = person({ onShow: () => setImmediate(() => stop.abort(reason)) });
  await assert.rejects(openRouter(OPENROUTER, around(authority)).start(ui, stop.signal), reason);
  const back = new URL(new URL(shown[0]?.url ?? "").searchParams.get("callback_url") ?? "");
  const again = createServer();
  await new Promise<void>((resolve, reject) => again.once("error", reject).listen(Number(back.port), "127.0.0.1", resolve));
  again.close();
});

test("a port that is taken is told before anything is shown", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const { ui, shown } = person();
  await assert.rejects(chatGpt(CHATGPT, around({ url: "http://127.0.0.1:9" }), port).start(ui, never), /another program has it/);
  assert.deepEqual(shown, []);
});
