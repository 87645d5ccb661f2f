import { createServer } from "node:net";
import { describe, test } from "node:test";
import type { Scenario } from "#simulator/scenario.ts";
import { assertTold, listening, openPlace, runFactory, serve, simulate } from "#test/run-factory.ts";

const CONCURRENTLY = { concurrency: 2 };

type Answer = { readonly status: number; readonly type: string; readonly body: string };

const PAGE = "<!DOCTYPE html><html><head><title>Bad Gateway - corp proxy</title></head><body>Sorry</body></html>";

describe("who is asked cannot be reached or does not answer as a model", CONCURRENTLY, () => {
  const keyless = ["ANTHROPIC", "OPENAI", "GROQ"] as const;
  for (const name of keyless) {
    test(`no key for ${name}: 3`, async (t) => {
      const ran = await runFactory(await openPlace(t), ["exec", "-p", name.toLowerCase(), "-m", "x", "hi"]);
      assertTold(ran, {
        code: 3,
        what: new RegExp(`needs a key, .*${name}_API_KEY`),
        todo: new RegExp(`export ${name}_API_KEY=.*--token`),
      });
    });
  }

  const answers: Readonly<Record<string, readonly [Answer, number, RegExp, RegExp]>> = {
    "a refused key": [
      json(401, { error: { message: "Incorrect API key provided", code: "invalid_api_key" } }),
      3,
      /key.*401/,
      /key.*--token/,
    ],
    "a key without the right": [json(403, { error: { message: "no access" } }), 3, /403/, /rights/],
    "a web page with 502": [{ status: 502, type: "text/html", body: PAGE }, 5, /502.*Bad Gateway - corp proxy/, /proxy/],
    "a web page with 200": [{ status: 200, type: "text/html", body: PAGE }, 5, /web page|HTML|corp proxy/i, /--host|proxy/],
    "text that is not JSON": [{ status: 200, type: "application/json", body: "hello there" }, 5, /./, /--host/],
    "JSON of something else": [json(200, { hello: "there" }), 5, /./, /--host/],
    "nothing at all": [{ status: 200, type: "application/json", body: "" }, 5, /./, /./],
    "a redirect": [{ status: 302, type: "text/plain", body: "" }, 5, /302|redirect/, /--host/],
  };
  for (const [name, [{ status, type, body }, code, what, todo]] of Object.entries(answers)) {
    for (const choice of [
      ["-m", "sim/x"],
      ["-p", "ollama", "-m", "x"],
      ["-p", "anthropic", "-m", "x", "-t", "secret"],
    ]) {
      test(`${name} from ${choice.slice(0, 2).join(" ")}: ${code}`, async (t) => {
        const url = await serve(t, (_, response) => response.writeHead(status, { "content-type": type }).end(body));
        assertTold(await runFactory(await openPlace(t), ["exec", ...choice, "--host", url, "hi"]), { code, what, todo });
      });
    }
  }

  for (const [name, host, what, todo] of [
    // A label of more than 63 letters is in no name: it is known without asking anyone.
    ["a host name that is not known", `http://${"a".repeat(64)}.example.com`, /host name is not known/, /host name.*network/],
    ["a port on which nothing listens", "http://127.0.0.1:1", /nothing listens there/, /factory sim/],
  ] as const) {
    test(`${name}: 5`, async (t) => {
      assertTold(await runFactory(await openPlace(t), ["exec", "-m", "sim/x", "--host", host, "hi"]), { code: 5, what, todo });
    });
  }

  for (const [provider, name, start] of [
    ["ollama", "Ollama", /ollama serve/],
    ["llamacpp", "llama\\.cpp", /llama-server/],
  ] as const) {
    for (const model of [["-m", "x"], []]) {
      test(`${provider} is not running${model.length === 0 ? ", and no model is named" : ""}: 5`, async (t) => {
        const args = ["exec", "-p", provider, ...model, "--host", "127.0.0.1:1", "hi"];
        assertTold(await runFactory(await openPlace(t), args), { code: 5, what: new RegExp(`${name}.*nothing listens`), todo: start });
      });
    }
  }

  test("a server that speaks no TLS: 5", async (t) => {
    const url = await serve(t, (_, response) => response.end("hi"));
    const ran = await runFactory(await openPlace(t), ["exec", "-m", "sim/x", "--host", url.replace("http:", "https:"), "hi"]);
    assertTold(ran, { code: 5, what: /no secure connection/, todo: /http or https.*certificate/ });
  });

  test("a server that speaks no HTTP: 5", async (t) => {
    const server = createServer((socket) =>
      socket
        .on("error", () => undefined)
        .resume()
        .end("220 mail.example.com ESMTP\r\n"),
    );
    const port = await listening(server);
    t.after(() => server.close());
    const ran = await runFactory(await openPlace(t), ["exec", "-m", "sim/x", "--host", `http://127.0.0.1:${port}`, "hi"]);
    assertTold(ran, { code: 5, what: /not HTTP/, todo: /--host/ });
  });

  for (const [wire, choice] of [
    ["openai-chat", ["-p", "sim"]],
    ["anthropic-messages", ["-p", "anthropic", "-t", "secret"]],
    ["ollama-chat", ["-p", "ollama"]],
  ] as const) {
    test(`a model that is not there, over ${wire}: 2, and the nearest are named`, async (t) => {
      const steps: Scenario["steps"] = [{ times: 0, fault: { status: 404, body: { error: { message: "model 'qwen3:14' not found" } } } }];
      const simulator = await simulate(t, steps, [{ id: "qwen3:14b" }, { id: "llama3.3" }]);
      const ran = await runFactory(await openPlace(t), ["exec", ...choice, "-m", "qwen3:14", "--host", simulator.url, "hi"]);
      assertTold(ran, { code: 2, what: /not found/, todo: /Did you mean \w+\/qwen3:14b\?/ });
    });
  }
});

function json(status: number, body: unknown): Answer {
  return { status, type: "application/json", body: JSON.stringify(body) };
}
