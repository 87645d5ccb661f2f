import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { askModel, toldTarget } from "#providers/ask-model.ts";
import { resolve } from "#providers/resolve.ts";

type Answer = (path: string, body: string) => unknown;

async function asked(ref: string, answer: Answer) {
  const server = createServer(async (request, response) => {
    const page = answer(request.url ?? "", await text(request));
    if (page === "silent") return;
    response.statusCode = page === undefined ? 404 : 200;
    response.end(typeof page === "string" ? page : JSON.stringify(page ?? {}));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    // The server listens on TCP.
    const { port } = server.address() as AddressInfo;
    const target = resolve({ ref, host: `http://127.0.0.1:${port}`, token: "k", env: {} });
    return await askModel(target, { env: {}, signal: AbortSignal.timeout(60_000) });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const chunk of request) all += String(chunk);
  return all;
}

test("Ollama tells the window, its num_ctx, the size and what a model can do", async () => {
  const show = {
    details: { parameter_size: "14.8B" },
    model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 },
    capabilities: ["completion", "tools", "thinking"],
  };
  const facts = { tools: "native", vision: false, reasoning: true, billions: 14.8 };
  const told = await asked("ollama:qwen3:14b", (path, body) =>
    path === "/api/show" && body === '{"model":"qwen3:14b"}' ? show : undefined,
  );
  assert.deepEqual(told, { contextTokens: 40_960, ...facts });
  assert.equal((await asked("ollama:x", () => ({ ...show, parameters: 'stop "x"\nnum_ctx    8192' }))).contextTokens, 8192);
});

test("llama.cpp tells the window that it runs with", async () => {
  const props = {
    default_generation_settings: { n_ctx: 8192 },
    modalities: { vision: false },
    chat_template_caps: { supports_tools: true },
  };
  const told = await asked("llamacpp/x", (path) => (path === "/props" ? props : undefined));
  assert.deepEqual(told, { contextTokens: 8192, vision: false, tools: "native" });
});

test("LM Studio tells the loaded window before the largest one", async () => {
  const entry = {
    key: "qwen",
    max_context_length: 131_072,
    loaded_instances: [{ config: { context_length: 4096 } }],
    capabilities: { vision: false, trained_for_tool_use: true },
    params_string: "7B",
  };
  const told = await asked("lmstudio/qwen", (path) => (path === "/api/v1/models" ? { models: [{ key: "a" }, entry] } : undefined));
  assert.deepEqual(told, { contextTokens: 4096, tools: "native", vision: false, billions: 7 });
});

test("OpenRouter and Copilot tell it in their lists", async () => {
  const router = { id: "a/b", top_provider: { context_length: 9000, max_completion_tokens: 800 }, supported_parameters: ["tools"] };
  assert.deepEqual(await asked("openrouter/a/b", () => ({ data: [router] })), {
    contextTokens: 9000,
    maxOutputTokens: 800,
    tools: "native",
    reasoning: false,
  });
  const copilot = {
    id: "gpt-x",
    capabilities: { type: "chat", limits: { max_context_window_tokens: 9000 }, supports: { tool_calls: true } },
  };
  assert.deepEqual(await asked("copilot/gemini-x", () => ({ data: [{ ...copilot, id: "gemini-x" }] })), {
    contextTokens: 9000,
    tools: "native",
  });
});

const NOTHING: readonly (readonly [what: string, answer: Answer])[] = [
  ["404", () => undefined],
  ["no JSON", () => "<html>"],
  ["a list", () => []],
  ["other types", () => ({ model_info: [1], capabilities: "tools", details: { parameter_size: 7 } })],
  ["impossible numbers", () => ({ model_info: { "x.context_length": -5 }, details: { parameter_size: "0B" } })],
  ["silence", () => "silent"],
];

for (const [what, answer] of NOTHING) {
  test(`a server that answers with ${what} has told nothing`, async () => assert.deepEqual(await asked("ollama:x", answer), {}));
}

test("Ollama is asked for the window that the model has, others for none", () => {
  const told = { contextTokens: 40_960, tools: "native", billions: 14 } as const;
  const { quirks, facts } = toldTarget(resolve({ ref: "ollama:qwen3:14b", env: {} }), told);
  assert.deepEqual([quirks.numCtx, facts.contextTokens, facts.tools], [40_960, 40_960, "native"]);
  const huge = toldTarget(resolve({ ref: "ollama:x", env: {} }), { contextTokens: 10_000_000 });
  assert.deepEqual([huge.quirks.numCtx, huge.facts.contextTokens], [131_072, 131_072]);
  assert.equal(toldTarget(resolve({ ref: "vllm/x", env: {} }), told).quirks.numCtx, undefined);
  assert.equal(toldTarget(resolve({ ref: "ollama:x", env: {} }), {}).quirks.numCtx, undefined);
});
