import assert from "node:assert/strict";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { isObject, parseJson } from "#base/json.ts";
import { ROOT, assertTold, chats, openPlace, runFactory, serve, simulate, type Owner, type Place } from "#test/run-factory.ts";

/** What the configuration says reaches the server; what a stranger's says does not. */

const CONCURRENTLY = { concurrency: 4 };

type Got = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Readonly<Record<string, unknown>> };

/** A server of OpenAI's Chat Completions that answers `Hello.` and keeps what it was sent. */
async function chatServer(owner: Owner): Promise<{ readonly url: string; readonly got: readonly Got[] }> {
  const got: Got[] = [];
  const url = await serve(owner, async (request, response) => {
    let text = "";
    for await (const piece of request) text += String(piece);
    const body = parseJson(text);
    got.push({ path: request.url ?? "", headers: request.headers, body: isObject(body) ? body : {} });
    const chunk = (delta: object, finish_reason: string | null) =>
      `data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunk({ role: "assistant", content: "Hello." }, null)}${chunk({}, "stop")}data: [DONE]\n\n`);
  });
  return { url: `${url}/v1`, got };
}

async function writeConfig({ root }: Place, text: string): Promise<string> {
  const path = join(root, "own.toml");
  await writeFile(path, text);
  return path;
}

/** A task that the server answers; gives what it was sent and what was said on stderr. */
async function sent(owner: Owner, text: (url: string) => string, args: readonly string[]) {
  const place = await openPlace(owner);
  const { url, got } = await chatServer(owner);
  const { code, stdout, stderr } = await runFactory(place, ["exec", ...args, "--config", await writeConfig(place, text(url)), "hi"]);
  assert.deepEqual([code, stdout], [0, "Hello.\n"], stderr);
  const [first] = got;
  assert.ok(first !== undefined && got.length === 1);
  return { ...first, stderr };
}

describe("what is sent", CONCURRENTLY, () => {
  const settings = `
extra_headers = { X-Team = "blue" }
extra_body = { seed = 7, metadata = { who = "me" } }
quirks = { max_tokens_field = "max_completion_tokens", default_max_tokens = 99, stream_usage = "omit" }
`;
  const asSettings = ({ path, headers, body }: Got) => {
    assert.deepEqual([path, headers["x-team"]], ["/v1/chat/completions", "blue"]);
    assert.deepEqual([body["seed"], body["metadata"], body["max_completion_tokens"]], [7, { who: "me" }, 99]);
    assert.deepEqual([body["max_tokens"], body["stream_options"]], [undefined, undefined]);
  };

  test("an endpoint's headers, body and quirks", async (t) => {
    const config = (url: string) => `[[endpoints]]\nlabel = "lab"\nbase_url = "${url}"\napi_key = "lab-key-0123456789"${settings}`;
    const got = await sent(t, config, ["-m", "lab:m"]);
    asSettings(got);
    assert.deepEqual([got.headers.authorization, got.body["model"]], ["Bearer lab-key-0123456789", "m"]);
  });

  test("a provider's headers, body and quirks", async (t) => {
    const config = (url: string) => `[providers.groq]\napi_base = "${url}"\napi_key = "gsk_0123456789abcd"${settings}`;
    const got = await sent(t, config, ["-m", "groq/m"]);
    asSettings(got);
    assert.equal(got.headers.authorization, "Bearer gsk_0123456789abcd");
  });

  test("a header of the user's is not shown where the server repeats it", async (t) => {
    const place = await openPlace(t);
    const url = await serve(t, (request, response) => {
      response.writeHead(400).end(JSON.stringify({ error: { message: `bad header ${String(request.headers["x-access"])}` } }));
    });
    const config = await writeConfig(
      place,
      `[[endpoints]]\nlabel = "lab"\nbase_url = "${url}"\nextra_headers = { X-Access = "planted-value-77" }\n`,
    );
    const { code, stderr } = await runFactory(place, ["exec", "-m", "lab:m", "--config", config, "--trace", "trace.jsonl", "hi"]);
    assert.notEqual(code, 0);
    assert.match(stderr, /bad header \*\*\*/);
    assert.ok(!(await readFile(join(place.cwd, "trace.jsonl"), "utf8")).includes("planted"));
  });

  test("a model that speaks another protocol than its server gets the key in that one's way", async (t) => {
    const place = await openPlace(t);
    const simulator = await simulate(t, { text: "Hello." });
    const lab = `[[endpoints]]\nlabel = "lab"\nbase_url = "${simulator.url}"\napi_key = "lab-key-0123456789"\n`;
    const config = await writeConfig(place, `${lab}[endpoints.models.m]\nprotocol = "anthropic-messages"\n`);
    const { code, stdout, stderr } = await runFactory(place, ["exec", "-m", "lab:m", "--config", config, "hi"]);
    assert.deepEqual([code, stdout, stderr], [0, "Hello.\n", ""]);
    const [chat] = chats(simulator);
    assert.deepEqual([chat?.wire, chat?.headers["authorization"]], ["anthropic-messages", undefined]);
    assert.ok(chat?.headers["x-api-key"] !== undefined);
  });

  test("a custom model's headers, arguments and limit", async (t) => {
    const entry = 'model_display_name = "My Qwen"\nmodel = "qwen3:4b"\napi_key = "not-needed"\nprovider = "generic-chat-completion-api"';
    const more = 'max_tokens = 77\nextra_headers = { X-Team = "blue" }\nextra_args = { temperature = 0.5 }';
    const { headers, body } = await sent(t, (url) => `[[custom_models]]\nbase_url = "${url}"\n${entry}\n${more}\n`, ["-m", "My Qwen"]);
    assert.deepEqual([headers.authorization, headers["x-team"]], ["Bearer not-needed", "blue"]);
    assert.deepEqual([body["model"], body["max_tokens"], body["temperature"]], ["qwen3:4b", 77, 0.5]);
  });

  test("a key of the vault", async (t) => {
    const place = await openPlace(t);
    const { url, got } = await chatServer(t);
    const env = { FACTORY_VAULT_KEY: "0123456789abcdef".repeat(4), GROQ_BASE_URL: "" };
    const config = ["--config", await writeConfig(place, `[providers.groq]\napi_base = "${url}"\n`)];
    const key = "gsk_vault-0123456789";
    const added = await runFactory(place, ["keys", "add", "groq", "--force", "--label", "kept"], { env, stdin: key });
    assert.equal(added.code, 0, added.stderr);
    const explained = await runFactory(place, ["explain", "groq/m", ...config, "--json"], { env });
    assert.deepEqual(JSON.parse(explained.stdout).key, { source: "vault", name: "kept", last4: "6789" });
    const asked = await runFactory(place, ["exec", "-m", "groq/m", ...config, "hi"], { env });
    assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, "Hello.\n", ""]);
    assert.equal(got.at(-1)?.headers.authorization, `Bearer ${key}`);
    const stronger = await runFactory(place, ["explain", "groq/m", "--json"], { env: { ...env, GROQ_API_KEY: "gsk_env-0123456-aaaa" } });
    assert.equal(JSON.parse(stronger.stdout).key.source, "environment");
  });
});

describe("a package of the AI SDK in place of the wire", CONCURRENTLY, () => {
  const groqBy = (name: string, url: string) =>
    `[providers.groq]\npackage = "${name}"\napi_base = "${url}"\napi_key = "gsk_0123456789abcd"\nextra_headers = { X-Team = "blue" }\n`;

  test("the one that lies in the project's node_modules speaks to the server, with the key and the headers", async (t) => {
    const place = await openPlace(t);
    const { url, got } = await chatServer(t);
    await symlink(join(ROOT, "node_modules"), join(place.cwd, "node_modules"));
    const config = await writeConfig(place, `${groqBy("@ai-sdk/openai-compatible", url)}extra_body = { seed = 7 }\n`);
    const asked = await runFactory(place, ["exec", "-m", "groq/m", "--config", config, "hi"]);
    assert.deepEqual([asked.code, asked.stdout], [0, "Hello.\n"]);
    assert.match(asked.stderr, /^factory: extra_body is not sent: .*\n$/);
    const [first] = got;
    assert.deepEqual([first?.path, first?.headers.authorization], ["/v1/chat/completions", "Bearer gsk_0123456789abcd"]);
    assert.equal(first?.headers["x-team"], "blue");
    assert.match(String(first?.headers["user-agent"]), /ai-sdk/);
    const { stdout } = await runFactory(place, ["explain", "groq/m", "--config", config]);
    assert.match(stdout, /^Package +@ai-sdk\/openai-compatible/m);
  });

  test("one that is not installed is told with what installs it", async (t) => {
    const place = await openPlace(t);
    const { url, got } = await chatServer(t);
    const config = await writeConfig(place, groqBy("@ai-sdk/openai-compatible", url));
    const asked = await runFactory(place, ["exec", "-m", "groq/m", "--config", config, "hi"]);
    assertTold(asked, { code: 2, what: /@ai-sdk\/openai-compatible is not installed/, todo: /npm install @ai-sdk\/openai-compatible/ });
    assert.equal(got.length, 0);
  });
});

describe("a project's own file", CONCURRENTLY, () => {
  async function projectWith(owner: Owner, text: string): Promise<Place> {
    const place = await openPlace(owner);
    await mkdir(join(place.cwd, ".factory"));
    await writeFile(join(place.cwd, ".factory/config.toml"), text);
    return place;
  }

  test("its addresses, keys and headers wait for trust, and that is told in one line", async (t) => {
    const { url, got } = await chatServer(t);
    const away = `[providers.groq]\napi_base = "${url}"\nextra_headers = { X-Team = "red" }\n[[keys.groq]]\ntoken = "gsk_planted-01234567"\n`;
    const place = await projectWith(t, `default_provider = "groq"\n${away}`);
    const env = { GROQ_API_KEY: "gsk_mine-0123456789" };
    const before = await runFactory(place, ["explain", "-m", "x", "--json"], { env });
    const { provider, baseUrl, key } = JSON.parse(before.stdout);
    assert.deepEqual([before.code, provider, baseUrl, key.last4], [0, "groq", "https://api.groq.com/openai/v1", "6789"]);
    assert.match(before.stderr, /^factory: .*providers.*keys.*not followed.*\n$/);
    assert.equal(before.stderr.trimEnd().split("\n").length, 1);
    assert.doesNotMatch(before.stderr, /planted/);

    const asked = await runFactory(place, ["exec", "-m", "x", "--trust", "hi"], { env });
    assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, "Hello.\n", ""]);
    assert.deepEqual([got[0]?.headers.authorization, got[0]?.headers["x-team"]], ["Bearer gsk_mine-0123456789", "red"]);
  });

  test("its models and routes are followed", async (t) => {
    const place = await projectWith(
      t,
      'default_model = "hint:fast"\n[[model_routes]]\nhint = "fast"\nprovider = "groq"\nmodel = "small"\n',
    );
    const { stdout, stderr } = await runFactory(place, ["explain", "--json"]);
    const { provider, model, rule } = JSON.parse(stdout);
    assert.deepEqual([provider, model, rule, stderr], ["groq", "small", 'the model route "fast"', ""]);
  });

  test("--config reads another file in place of it", async (t) => {
    const place = await projectWith(t, 'default_provider = "groq"\n');
    const { stdout } = await runFactory(place, [
      "explain",
      "-m",
      "x",
      "--config",
      await writeConfig(place, 'default_provider = "mistral"\n'),
      "--json",
    ]);
    assert.equal(JSON.parse(stdout).provider, "mistral");
  });
});

describe("a file with a mistake in it", CONCURRENTLY, () => {
  const endpoint = (label: string) => `[[endpoints]]\nlabel = "${label}"\nbase_url = "https://h.example.com"\n`;
  const mistakes: Readonly<Record<string, readonly [text: string, what: RegExp]>> = {
    "two endpoints of one label": [endpoint("lab") + endpoint("Lab"), /own\.toml:5: .*two endpoints have the label "Lab".*own\.toml:2/],
    "a label that hides a provider": [endpoint("grok"), /own\.toml:2: .*"grok" is the name of a provider/],
    "profiles in a circle": [
      '[profiles.a]\nextends = "b"\n[profiles.b]\nextends = "a"\n',
      /own\.toml:2: .*profiles go in a circle: a → b → a/,
    ],
    "a table that ends too soon": ['default_provider = "groq"\n[[endpoints]\n', /own\.toml:2: .*no TOML/],
    "a key that nobody knows": ['defualt_provider = "groq"\n', /own\.toml:1: .*did you mean default_provider/],
    "a provider that nobody knows": ["[providers.gorq]\n", /own\.toml:1: .*there is no provider "gorq"; did you mean groq/],
    "an endpoint without its address": ['\n[[endpoints]]\nlabel = "lab"\n', /own\.toml:2: .*base_url/],
    "a wrong type": ['[reliability]\nprovider_retries = "two"\n', /own\.toml:2: .*must be a whole number/],
  };
  for (const [name, [text, what]] of Object.entries(mistakes)) {
    test(name, async (t) => {
      const place = await openPlace(t);
      const ran = await runFactory(place, ["explain", "x", "--config", await writeConfig(place, text)]);
      assertTold(ran, { code: 2, what, todo: /config check/ });
    });
  }

  test("a JSON file that was cut off, and one that is not there", async (t) => {
    const place = await openPlace(t);
    const path = join(place.root, "cut.json");
    await writeFile(path, '{\n  "custom_models": [\n    { "model": "m",');
    assertTold(await runFactory(place, ["explain", "x", "--config", path]), {
      code: 2,
      what: /cut\.json:3: .*no JSON/,
      todo: /config check/,
    });
    const gone = await runFactory(place, ["explain", "x", "--config", join(place.root, "gone.toml")]);
    assertTold(gone, { code: 2, what: /gone\.toml.*cannot be read/, todo: /\S/ });
  });
});
