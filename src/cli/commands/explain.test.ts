import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import type { Surroundings } from "#cli/command.ts";
import { explain } from "#cli/commands/explain.ts";

type Run = { readonly ref?: string; readonly values?: Readonly<Record<string, unknown>>; readonly env?: Readonly<Record<string, string>> };

async function output({ ref, values = {}, env = {} }: Run): Promise<string> {
  const stdout = new PassThrough();
  // The command only writes to these streams, which every stream can do.
  const around = {
    env,
    cwd: "/",
    stdin: process.stdin,
    stdout,
    stderr: stdout,
    secrets: new Set(),
    signal: AbortSignal.timeout(60_000),
  } as unknown as Surroundings;
  assert.equal(await explain.run({ values, positionals: ref === undefined ? [] : [ref] }, around), 0);
  stdout.end();
  let text = "";
  for await (const chunk of stdout) text += String(chunk);
  return text;
}

const TOKEN = "gsk_a-very-secret-key-wxyz";

test("--json has exactly the documented fields, and of the key only its end", async () => {
  const text = await output({ ref: "groq/llama-x", values: { json: true }, env: { GROQ_API_KEY: TOKEN } });
  assert.ok(!text.includes("very-secret"));
  assert.deepEqual(JSON.parse(text), {
    ref: "groq/llama-x",
    rule: "groq/ names the provider",
    provider: "groq",
    model: "llama-x",
    wire: "openai-chat",
    baseUrl: "https://api.groq.com/openai/v1",
    key: { source: "environment", name: "GROQ_API_KEY", last4: "wxyz" },
    facts: {
      contextTokens: null,
      maxOutputTokens: null,
      tools: null,
      vision: null,
      reasoning: null,
      price: null,
      billions: null,
      sizeClass: null,
      advice: null,
      origins: Object.fromEntries(
        ["contextTokens", "maxOutputTokens", "tools", "vision", "reasoning", "billions"].map((name) => [
          name,
          { origin: "default", confidence: "low" },
        ]),
      ),
    },
    price: null,
    quirks: { maxTokensField: "max_completion_tokens", temperature: 1e-8, reasoningRequest: "omit" },
    chain: [],
  });
});

test("a missing key is no failure: it is null, and the table says where it was looked for and what to set", async () => {
  assert.equal(JSON.parse(await output({ ref: "gemini-x", values: { json: true } })).key, null);
  const text = await output({ ref: "gemini-x" });
  assert.match(text, /Key +none; looked for GEMINI_API_KEY, GOOGLE_API_KEY,/);
  assert.match(text, /To do +Set it with `export GEMINI_API_KEY=…`/);
});

test("the table shows the whole URL that would be asked, and the key's source", async () => {
  const text = await output({ values: { model: "sonnet", token: TOKEN, host: "http://127.0.0.1:9" } });
  assert.match(text, /^URL +http:\/\/127\.0\.0\.1:9\/v1\/messages$/m);
  assert.match(text, /^Key +--token \(flag\), ends in wxyz$/m);
  assert.match(text, /^Model +claude-sonnet-5-5$/m);
  assert.ok(!text.includes("very-secret"));
});

test("a key of another provider is shown to be unusable", async () => {
  const text = await output({ ref: "gpt-4o", values: { token: TOKEN } });
  assert.match(text.replaceAll(/\s+/g, " "), /not usable: the key from --token starts with gsk_: it is one of Groq, not of OpenAI/);
});

test("without a reference it explains the default", async () => {
  const { ref, provider, model, baseUrl } = JSON.parse(await output({ values: { json: true } }));
  assert.deepEqual([ref, provider, model, baseUrl], [null, "ollama", null, "http://127.0.0.1:11434"]);
  assert.match(await output({}), /chosen from the server's own list/);
});

test("mistakes are the user's", async () => {
  await assert.rejects(output({ ref: "foo/bar" }), UsageError);
  const two = explain.run({ values: {}, positionals: ["a", "b"] }, { env: {} } as Surroundings);
  await assert.rejects(two, /one reference at a time/);
});

test("facts come with who says them, guesses are called so, and a small local model gets advice", async () => {
  const text = (await output({ ref: "ollama:qwen2.5-coder:7b" })).replaceAll(/\s+/g, " ");
  assert.match(text, /tools basic \(family, medium\)/);
  assert.match(text, /billions 7 \(name, medium\)/);
  assert.match(text, /Advice qwen2.5-coder:7b has about 7B parameters: too small .* RTX 3090/);
  assert.match((await output({ ref: "groq/whoknows" })).replaceAll(/\s+/g, " "), /contextTokens 32768 \(a guess\)/);
  assert.ok(!/Advice/.test(await output({ ref: "groq/llama-3.1-8b-instant" })), "a hosted model is not the user's hardware");
});

test("clouds and sign-ins say how requests are proved and what to do", async () => {
  const env = { AWS_REGION: "eu-west-1" };
  const { key, baseUrl, wire } = JSON.parse(await output({ ref: "bedrock/us.anthropic.claude-x", values: { json: true }, env }));
  assert.deepEqual([key, baseUrl, wire], [null, "https://bedrock-runtime.eu-west-1.amazonaws.com", "bedrock-converse"]);
  assert.match((await output({ ref: "qwen-oauth/x" })).replaceAll(/\s+/g, " "), /ended on 15 April 2026.*-p qwen with DASHSCOPE_API_KEY/);
});

test("--ask asks the server, whose word counts most", async () => {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ model_info: { "qwen3.context_length": 40_960 }, capabilities: ["completion", "tools"] }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    // The server listens on TCP.
    const { port } = server.address() as AddressInfo;
    const values = { json: true, ask: true, host: `http://127.0.0.1:${port}` };
    const { facts } = JSON.parse(await output({ ref: "ollama:qwen3:14b", values }));
    assert.deepEqual([facts.contextTokens, facts.tools, facts.origins.tools.origin], [40_960, "native", "provider"]);
  } finally {
    server.close();
  }
});
