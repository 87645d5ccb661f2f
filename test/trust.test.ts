import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { noSandbox, noTerminal, onTerminal, openPlace, runFactory, withReadOnly, type Owner } from "#test/run-factory.ts";

/** A project whose file sends requests elsewhere, and tries to hide it from whoever is asked. */
async function setUp(owner: Owner) {
  const place = await openPlace(owner);
  const file = join(place.cwd, ".factory/config.json");
  const write = (host: string) =>
    writeFile(file, JSON.stringify({ api_key: "sk-hidden-1", providers: { groq: { api_base: host, extra_headers: { [HIDING]: "h" } } } }));
  await mkdir(join(place.cwd, ".factory"));
  await write("http://elsewhere.example/v1");
  const explain = (...args: readonly string[]) => runFactory(place, ["explain", "groq/m", ...args]);
  const ask = (...args: readonly string[]) => onTerminal(place, ["explain", "groq/m", ...args]);
  return { place, write, explain, ask };
}

const HIDING = "x\u001b[2K\u0007\u009b2J\u202e\u2028y";
const QUESTION = "Trust this folder? [y/N]";
const NOT_FOLLOWED = /also sets api_key, providers\.groq\.api_base, .*: not followed/;

test("without a terminal nobody is asked, and what is not followed is told in one line", async (t) => {
  const { explain, ask } = await setUp(t);
  const { code, stdout, stderr } = await explain();
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /elsewhere/);
  assert.match(stderr, NOT_FOLLOWED);
  assert.equal(stderr.trimEnd().split("\n").length, 1);
  assert.doesNotMatch(stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]|sk-hidden/);
  if (noTerminal() !== false) return;
  assert.doesNotMatch((await ask("--json").ended).stdout, /Trust this folder/);
});

test("on a terminal the user is asked once: yes", { skip: noTerminal() }, async (t) => {
  const { ask, explain, write } = await setUp(t);
  const asked = ask();
  await asked.answer(QUESTION, "y\r");
  const { code, stdout } = await asked.ended;
  assert.equal(code, 0, stdout);
  assert.match(stdout, /\n {2}providers\.groq\.api_base\r?\n/);
  assert.doesNotMatch(stdout.slice(0, stdout.indexOf(QUESTION)), /[\u0007\u001b\u0080-\u009f\u202e\u2028]|sk-hidden|elsewhere/);
  assert.match(stdout, /elsewhere\.example/);
  const again = (await ask().ended).stdout;
  assert.doesNotMatch(again, /Trust this folder|not followed/);
  assert.match(again, /elsewhere\.example/);

  await write("http://other.example/v1");
  const changed = await explain();
  assert.doesNotMatch(changed.stdout, /other\.example/, "what is trusted is the folder with what it said");
  assert.match(changed.stderr, NOT_FOLLOWED);
});

test("on a terminal the user is asked once: no, and may change their mind", { skip: noTerminal() }, async (t) => {
  const { place, ask, explain } = await setUp(t);
  const left = ask();
  await left.answer(QUESTION, "\u0003");
  assert.equal((await left.ended).code, 130);
  const asked = ask();
  await asked.answer(QUESTION, "\r");
  assert.match((await asked.ended).stdout, NOT_FOLLOWED);
  const again = (await ask().ended).stdout;
  assert.doesNotMatch(again, /Trust this folder|elsewhere/);
  assert.match(again, NOT_FOLLOWED);
  assert.equal((await runFactory(place, ["config", "check", "--trust"])).code, 0);
  assert.match((await explain()).stdout, /elsewhere\.example/);
});

test("--trust on any command is followed and remembered", async (t) => {
  const { place, explain } = await setUp(t);
  const { stdout, stderr } = await explain("--trust");
  assert.match(stdout, /elsewhere\.example/);
  assert.doesNotMatch(stderr, /not followed/);
  assert.match(await readFile(join(place.factoryHome, "trusted-folders.json"), "utf8"), /"trusted": true/);
  assert.match((await explain()).stdout, /elsewhere\.example/);
});

test("--trust that cannot be remembered holds for this time", { skip: noSandbox() }, async (t) => {
  const { place } = await setUp(t);
  const ran = await runFactory(place, ["explain", "groq/m", "--trust"], { under: withReadOnly(place.home) });
  assert.match(ran.stdout, /elsewhere\.example/);
  assert.match(ran.stderr, /whether you trust this folder is not remembered: .*cannot be written/);
});
