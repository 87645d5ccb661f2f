import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chats, openPlace, runFactory, simulate } from "#test/run-factory.ts";

/** The whole body of a run's first request in an empty folder, with all tools. Prompts of models are paid for in every turn. */
const CASES = [
  ["full, for a large window", ["-m", "sim/x"], 16],
  ["full, over anthropic-messages", ["-p", "anthropic", "-m", "x", "--token", "secret"], 16],
  ["slim, for a local model whose window is not known", ["-p", "ollama", "-m", "x"], 5],
  ["slim, for a local model behind openai-chat", ["-p", "llamacpp", "-m", "x"], 5],
] as const;

describe("the first request is small", { concurrency: 2 }, () => {
  for (const [name, choice, mostKilobytes] of CASES) {
    test(`${name}: at most ${mostKilobytes} KB`, async (t) => {
      const simulator = await simulate(t, { text: "Hello." });
      const { code } = await runFactory(await openPlace(t), ["exec", ...choice, "--host", simulator.url, "hi"]);
      assert.equal(code, 0);
      const body = JSON.stringify(chats(simulator)[0]?.body);
      for (const tool of ["read", "write", "edit", "shell", "grep", "glob", "ls"]) assert.ok(body.includes(`"name":"${tool}"`), tool);
      const bytes = Buffer.byteLength(body);
      assert.ok(bytes <= mostKilobytes * 1024, `${bytes} bytes`);
      t.diagnostic(`${bytes} bytes`);
    });
  }
});
