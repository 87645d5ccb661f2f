import assert from "node:assert/strict";
import { mkdir, readFile, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { callStep, chats, noSandbox, openPlace, runFactory, serve, simulate, startFactory, textStep, until } from "#test/run-factory.ts";
import type { Place, Ran, RunOptions } from "#test/run-factory.ts";
import type { TestContext } from "node:test";

const CONCURRENTLY = { concurrency: 2 };
const skip = noSandbox();

type Call = { readonly tool: string; readonly args: Readonly<Record<string, string>>; readonly flags?: readonly string[] };

/** Runs one call of the model; gives also the text of its result, as the model was told. */
async function runCall(
  t: TestContext,
  place: Place,
  { tool, args, flags = [] }: Call,
  options: RunOptions = {},
): Promise<Ran & { readonly told: string }> {
  const simulator = await simulate(t, [callStep(0, tool, args), textStep("That was all.")]);
  const ran = await runFactory(place, ["exec", "-m", "sim/x", "--host", simulator.url, "--json", ...flags, "Do it."], options);
  const { body } = chats(simulator)[1] ?? assert.fail(`the result was not sent: ${ran.stderr}`);
  const { content } = (body as { readonly messages: readonly { readonly content: string }[] }).messages.at(-1) ?? { content: "" };
  return { ...ran, told: content };
}

const write: Call = { tool: "write", args: { path: "a.txt", content: "new\n" } };
const edit: Call = { tool: "edit", args: { path: "old.txt", old_text: "old", new_text: "new" } };
const shell: Call = { tool: "shell", args: { command: "echo new > a.txt" } };

describe("--auto says what may run unasked", CONCURRENTLY, () => {
  const cases = [
    ["none", write, 7],
    ["none", edit, 7],
    ["none", shell, 7],
    ["none", { tool: "read", args: { path: "old.txt" } }, 0],
    ["edit", write, 0],
    ["edit", edit, 0],
    ["all", write, 0],
    ["all", edit, 0],
    ["all", shell, 0],
  ] as const;
  for (const [auto, call, code] of cases) {
    test(`${auto}: ${call.tool} ${code === 0 ? "runs" : "is refused"}`, async (t) => {
      const place = await openPlace(t);
      await writeFile(join(place.cwd, "old.txt"), "old\n");
      const ran = await runCall(t, place, { ...call, flags: ["--auto", auto] });
      const { ok, reason, error, text } = JSON.parse(ran.stdout);
      assert.deepEqual([ran.code, ok, text], [code, code === 0, "That was all."]);
      const changed = (await readFiles(place)).includes("new");
      assert.equal(changed, code === 0 && call.tool !== "read");
      if (code === 0) return;
      assert.equal(reason, "permission");
      assert.match(ran.told, /Not permitted.*--auto edit or --auto all/);
      assert.match(error.message, new RegExp(`not permitted: ${call.tool} `));
      assert.match(error.advice, /--auto edit or --auto all/);
    });
  }
});

async function readFiles({ cwd }: Place): Promise<string> {
  const texts = await Promise.all((await readdir(cwd)).map((name) => readFile(join(cwd, name), "utf8")));
  return texts.join("");
}

describe("nothing outside the working folder is written or read by the file tools", CONCURRENTLY, () => {
  const ways = {
    "..": () => "../secret.txt",
    "an absolute path": ({ root }: Place) => join(root, "secret.txt"),
    "a link to the file": () => "link.txt",
    "a link to its folder": () => "up/secret.txt",
    "a way in and out again": () => "sub/../../secret.txt",
  };
  for (const [name, pathOf] of Object.entries(ways)) {
    for (const auto of ["edit", "all"]) {
      test(`${name}, --auto ${auto}`, async (t) => {
        const place = await openPlace(t);
        const secret = join(place.root, "secret.txt");
        await writeFile(secret, "old secret\n");
        await symlink(secret, join(place.cwd, "link.txt"));
        await symlink(place.root, join(place.cwd, "up"));
        await mkdir(join(place.cwd, "sub"));
        const path = pathOf(place);
        const flags = ["--auto", auto];
        for (const call of [
          { tool: "write", args: { path, content: "new" }, flags },
          { tool: "edit", args: { path, old_text: "old", new_text: "new" }, flags },
          { tool: "read", args: { path }, flags },
          { tool: "grep", args: { pattern: "old", path }, flags },
        ]) {
          const { told } = await runCall(t, place, call);
          assert.match(told, /lies outside the working folder/, call.tool);
          assert.doesNotMatch(told, /old secret/);
        }
        assert.equal(await readFile(secret, "utf8"), "old secret\n");
      });
    }
  }
});

describe("the shell in its sandbox", { ...CONCURRENTLY, skip }, () => {
  test("writes in the working folder", async (t) => {
    const place = await openPlace(t);
    const ran = await runCall(t, place, { tool: "shell", args: { command: "echo new > a.txt && cat a.txt" } });
    assert.deepEqual([ran.code, ran.told], [0, "new"]);
    assert.equal(await readFile(join(place.cwd, "a.txt"), "utf8"), "new\n");
  });

  for (const [name, pathOf] of [
    ["beside the working folder", ({ root }: Place) => join(root, "out.txt")],
    ["in the home folder", ({ home }: Place) => join(home, "out.txt")],
    ["in the system", () => "/usr/factory-out.txt"],
  ] as const) {
    test(`cannot write ${name}`, async (t) => {
      const place = await openPlace(t);
      const path = pathOf(place);
      t.after(() => rm(path, { force: true }));
      const ran = await runCall(t, place, { tool: "shell", args: { command: `echo out > ${path}` } });
      assert.equal(ran.code, 0);
      assert.match(ran.told, /Read-only file system|Permission denied/i);
      await assert.rejects(stat(path), { code: "ENOENT" });
    });
  }

  test("cannot see the user's sessions and the environment's keys", async (t) => {
    const place = await openPlace(t);
    await mkdir(place.factoryHome);
    await writeFile(join(place.factoryHome, "secret.txt"), "PLANTED\n");
    const command = `cat ${join(place.factoryHome, "secret.txt")}; env`;
    const { told } = await runCall(t, place, { tool: "shell", args: { command } }, { env: { GROQ_API_KEY: "gsk_PLANTED" } });
    assert.match(told, /No such file/);
    assert.doesNotMatch(told, /PLANTED/);
  });

  for (const [flags, reached] of [
    [[], false],
    [["--allow-net"], true],
  ] as const) {
    test(`${reached ? "reaches" : "does not reach"} the network ${reached ? "with" : "without"} --allow-net`, async (t) => {
      let visits = 0;
      const url = await serve(t, (_, response) => {
        visits += 1;
        response.end("reached");
      });
      const command = `node -e 'fetch("${url}").then((answer) => answer.text()).then(console.log)'`;
      const { told } = await runCall(t, await openPlace(t), { tool: "shell", args: { command }, flags });
      assert.equal(visits, reached ? 1 : 0);
      assert.match(told, reached ? /^reached/ : /no network; the user can allow it with --allow-net/);
    });
  }

  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGKILL", null],
  ] as const) {
    test(`leaves no process behind at ${signal}`, async (t) => {
      const place = await openPlace(t);
      // A time that no other process sleeps.
      const seconds = `60.${process.pid}${signal.length}${String(Math.random()).slice(2, 8)}`;
      const simulator = await simulate(t, [callStep(0, "shell", { command: `touch started; sleep ${seconds}` }), textStep("x")]);
      const running = startFactory(place, ["exec", "-m", "sim/x", "--host", simulator.url, "Sleep."]);
      await until("the command runs", async () => (await sleeping(seconds)) > 0);
      running.child.kill(signal);
      assert.equal((await running.ended).code, code);
      await until("the command is dead", async () => (await sleeping(seconds)) === 0);
    });
  }
});

/** How many processes sleep for so long. */
async function sleeping(seconds: string): Promise<number> {
  const commands = (await readdir("/proc"))
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(commands)).filter((command) => command.startsWith(`sleep\0${seconds}`)).length;
}

test("without a sandbox the shell is refused with both ways out, and --auto all is one: 7 and 0", async (t) => {
  const place = await openPlace(t);
  // A folder with nothing in it: there is no bwrap, nor sandbox-exec.
  const env = { PATH: place.tmp };
  const refused = await runCall(t, place, shell, { env });
  assert.equal(refused.code, 7);
  assert.match(refused.told, /is not installed|no sandbox/);
  assert.match(refused.told, /apt install bubblewrap.*--auto all/);
  const { reason, error } = JSON.parse(refused.stdout);
  assert.equal(reason, "permission");
  assert.match(error.message, /not permitted: shell/);
  assert.match(`${error.message} ${error.advice}`, /bubblewrap/);
  assert.match(error.advice, /--auto all/);
  await assert.rejects(stat(join(place.cwd, "a.txt")), { code: "ENOENT" });

  const allowed = await runCall(t, place, { ...shell, flags: ["--auto", "all"] }, { env });
  assert.equal(allowed.code, 0);
  assert.equal(await readFile(join(place.cwd, "a.txt"), "utf8"), "new\n");
});
