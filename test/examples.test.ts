import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { chats, openPlace, ROOT, simulate, startProgram } from "#test/run-factory.ts";

const FOLDER = join(ROOT, "examples");

type Example = { readonly args: readonly string[]; readonly prints: RegExp };

/** What each example is given and prints, where Ollama's place is taken by the simulator. */
const EXAMPLES: Readonly<Record<string, Example>> = {
  "first-answer.ts": { args: ["ollama/x", "Say hello."], prints: /^Hello there\.\n\[stop, 4 tokens\]\n$/ },
  "whole-answer.ts": { args: [], prints: /text: 'Hello there\.'[^]*outputTokens: 4/ },
};

describe("examples", { concurrency: 2 }, () => {
  test("each has a test", () => {
    assert.deepEqual(
      readdirSync(FOLDER)
        .filter((name) => name.endsWith(".ts"))
        .toSorted(),
      Object.keys(EXAMPLES),
    );
  });

  for (const [name, { args, prints }] of Object.entries(EXAMPLES)) {
    test(`${name} runs on the simulator`, async (t) => {
      const simulator = await simulate(t, { text: "Hello there.", usage: { input: 10, output: 4 } });
      const env = { OLLAMA_HOST: simulator.url };
      const ran = await startProgram(await openPlace(t), [process.execPath, join(FOLDER, name), ...args], { env }).ended;
      assert.deepEqual([ran.code, ran.stderr], [0, ""]);
      assert.match(ran.stdout, prints);
      assert.equal(chats(simulator).length, 1);
    });
  }
});
