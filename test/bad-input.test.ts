import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  assertTold,
  chats,
  MAIN,
  noSandbox,
  openPlace,
  runFactory,
  simulate,
  startFactory,
  until,
  withReadOnly,
} from "#test/run-factory.ts";
import type { Place } from "#test/run-factory.ts";

const CONCURRENTLY = { concurrency: 2 };

type Usage = readonly [name: string, args: readonly string[], what: RegExp, todo: RegExp];

const WRONG: readonly Usage[] = [
  ["an unknown command", ["exce", "hi"], /unknown command "exce"/, /Did you mean `factory exec`/],
  ["a command that is near to none", ["frobnicate"], /unknown command "frobnicate"/, /factory --help/],
  ["an option before the command", ["--frob"], /unknown option "--frob"/, /factory --help/],
  ["a misspelt option", ["exec", "--modle", "x", "hi"], /unknown option --modle for exec/, /Did you mean --model\?/],
  ["a misspelt switch", ["exec", "--alow-net", "hi"], /unknown option --alow-net/, /Did you mean --allow-net\?/],
  ["an unknown short option", ["exec", "-z", "hi"], /unknown option -z/, /factory exec --help/],
  ["an option without its value, at the end", ["exec", "hi", "--model"], /--model needs a value/, /factory exec --help/],
  ["a short option without its value", ["exec", "hi", "-m"], /-m.* needs a value/, /factory exec --help/],
  ["an option in place of a value", ["exec", "--model", "--json", "hi"], /--model needs a value/, /factory exec --help/],
  ["a value for a switch", ["exec", "--json=yes", "hi"], /--json takes no value/, /factory exec --help/],
  ["--auto", ["exec", "--auto", "al", "hi"], /--auto does not take "al"/, /none, edit, all.*Did you mean all/],
  ["--output", ["exec", "--output", "jsn", "hi"], /--output does not take "jsn"/, /text, json, stream-json.*Did you mean json/],
  ...["0", "-3", "1.5", "many", "", "1e999"].map((value): Usage => [
    `--max-turns ${JSON.stringify(value)}`,
    ["exec", `--max-turns=${value}`, "hi"],
    /--max-turns needs a/,
    /--max-turns 20/,
  ]),
  ...["0", "-1", "free", "", "NaN"].map((value): Usage => [
    `--max-usd ${JSON.stringify(value)}`,
    ["exec", `--max-usd=${value}`, "hi"],
    /--max-usd needs a number above 0/,
    /--max-usd 1\.50/,
  ]),
  ["an empty prompt", ["exec", ""], /the prompt is empty/, /factory exec "fix the failing test"/],
  ["a prompt of blanks", ["exec", " \n\t"], /the prompt is empty/, /factory exec/],
  ["no prompt at all", ["exec"], /the prompt is empty/, /factory exec/],
  [
    "an unknown provider",
    ["exec", "-p", "grok1", "-m", "x", "hi"],
    /unknown provider "grok1"\. Did you mean .*(xai|grok|groq)/,
    /factory providers/,
  ],
  [
    "an unknown provider before a slash",
    ["exec", "-m", "antropic/x", "hi"],
    /unknown provider "antropic"\. Did you mean anthropic/,
    /factory providers/,
  ],
  ["a provider that is near to none", ["exec", "-p", "zzzzzzzz", "-m", "x", "hi"], /unknown provider "zzzzzzzz"/, /factory providers/],
  ["a provider that is called as the command", ["explain", "explain/x"], /unknown provider "explain"/, /factory providers/],
  ["a provider without a model", ["exec", "-p", "cerebras", "hi"], /without a model/, /-p cerebras -m/],
  ["custom without a URL", ["exec", "-p", "custom:nowhere", "-m", "x", "hi"], /http:\/\/ or https:\/\/ URL/, /-m/],
  ["a host that is no address", ["exec", "-m", "sim/x", "--host", "http://", "hi"], /--host cannot be used/, /https:\/\/api\.example\.com/],
  ["a host of another scheme", ["exec", "-m", "sim/x", "--host", "ftp://x", "hi"], /ftp/, /https:\/\/api\.example\.com/],
  [
    "a session that is not there",
    ["exec", "-m", "sim/x", "--session", "20260101-000000-aaaaaa", "hi"],
    /no session 20260101/,
    /Sessions are kept in/,
  ],
  ["a session that is a path", ["exec", "--session", "../../etc/passwd", "hi"], /not a session id/, /letters, digits/],
  ["a session that is an absolute path", ["exec", "--session", "/etc/passwd", "hi"], /not a session id/, /letters, digits/],
  ["a working folder that is missing", ["exec", "--cwd", "nowhere", "hi"], /working folder .*nowhere does not exist/, /--cwd/],
  ["a working folder that is a file", ["exec", "--cwd", "notes.txt", "hi"], /working folder .*notes\.txt is no folder/, /--cwd/],
  ["an image that is missing", ["exec", "--image", "no.png", "hi"], /image .*no\.png does not exist/, /--image/],
  ["a text file as an image", ["exec", "--image", "notes.txt", "hi"], /notes\.txt is no image/, /PNG, JPEG, GIF and WebP/],
  ["a folder as an image", ["exec", "--image", ".", "hi"], /is no file/, /--image/],
  ["an image that is too large", ["exec", "--image", "large.png", "hi"], /larger than 5 MiB/, /smaller/],
  ["an unknown wire", ["wire", "decode", "openai-cat"], /does not take "openai-cat"/, /Did you mean openai-chat/],
  ["an unknown verb of wire", ["wire", "decod", "openai-chat"], /does not take "decod"/, /Did you mean decode/],
  ["a file of bytes that is missing", ["wire", "decode", "openai-chat", "no.sse"], /no\.sse is no file/, /Name a file/],
];

describe("what is wrong with the command line is told at once: 2", CONCURRENTLY, () => {
  for (const [name, args, what, todo] of WRONG) {
    test(name, async (t) => {
      const place = await openPlace(t);
      await writeFile(join(place.cwd, "notes.txt"), "some notes\n");
      if (args.includes("large.png"))
        await writeFile(join(place.cwd, "large.png"), "").then(() => truncate(join(place.cwd, "large.png"), 6 * 2 ** 20));
      assertTold(await runFactory(place, args), { code: 2, what, todo });
    });
  }

  const skip = noSandbox();
  test("a working folder that is read-only", { skip }, async (t) => {
    const place = await openPlace(t);
    const simulator = await simulate(t, { text: "Read it." });
    const args = ["exec", "-m", "sim/x", "--host", simulator.url, "hi"];
    const under = withReadOnly(place.cwd);
    assertTold(await runFactory(place, args, { under }), { code: 2, what: /working folder .*cannot be written/, todo: /--auto none/ });
    // The advice holds.
    const { code, stdout } = await runFactory(place, [...args, "--auto", "none"], { under });
    assert.deepEqual([code, stdout], [0, "Read it.\n"]);
  });

  test("an image that cannot be read", { skip: process.getuid?.() === 0 ? "root can read everything" : false }, async (t) => {
    const place = await openPlace(t);
    await writeFile(join(place.cwd, "dot.png"), "x", { mode: 0o000 });
    const ran = await runFactory(place, ["exec", "-m", "sim/x", "--image", "dot.png", "hi"]);
    assertTold(ran, { code: 2, what: /dot\.png cannot be read/, todo: /rights/ });
  });
});

describe("odd input is borne", CONCURRENTLY, () => {
  const told = async (
    place: Place,
    args: readonly string[],
    stdin: Uint8Array | string,
    simulator: Awaited<ReturnType<typeof simulate>>,
  ) => {
    const ran = await runFactory(place, ["exec", "-m", "sim/x", "--host", simulator.url, ...args], { stdin });
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "ok\n", ""]);
    return JSON.stringify(chats(simulator)[0]?.body);
  };
  const bytes = [
    // A lone surrogate in the encoding that a careless program writes, bytes that are no UTF-8, and NUL.
    ["a lone surrogate", Buffer.concat([Buffer.from("a"), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from("z")])],
    ["bytes that are no UTF-8", Buffer.concat([Buffer.from("a"), Buffer.from([0xff, 0xfe]), Buffer.from("z")])],
    ["NUL", Buffer.from("a\0z")],
  ] as const;
  for (const [name, stdin] of bytes) {
    test(`${name} in the prompt is shown as a replacement character`, async (t) => {
      const simulator = await simulate(t, { text: "ok" });
      assert.match(await told(await openPlace(t), [], stdin, simulator), /"a\uFFFD+z"/);
    });
  }

  test("a pipe that nobody writes to does not hold up a prompt that is there", async (t) => {
    const simulator = await simulate(t, { text: "ok" });
    const ran = await runFactory(await openPlace(t), ["exec", "-m", "sim/x", "--host", simulator.url, "hi"], { stdin: "open" });
    assert.deepEqual([ran.code, ran.stdout, ran.stderr], [0, "ok\n", ""]);
  });

  test("a prompt on stdin over the limit: 2", async (t) => {
    const ran = await runFactory(await openPlace(t), ["exec", "-m", "sim/x"], { stdin: Buffer.alloc(11 * 2 ** 20, "a") });
    assertTold(ran, { code: 2, what: /larger than 10 MiB/, todo: /Put it into a file/ });
  });

  for (const args of [["exec", "-m", "sim/x"], ["explain"], ["providers"], ["wire", "decode", "openai-chat"], ["sim"], []]) {
    test(`help of ${args[0] ?? "all"} goes to stdout: 0`, async (t) => {
      const { code, stdout, stderr } = await runFactory(await openPlace(t), [...args, "--help"]);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, /Usage: factory/);
    });
  }

  test("a reader that leaves early is no failure", async (t) => {
    const place = await openPlace(t);
    const command = `"$0" "$1" providers --json | head -1; echo "\${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", command, process.execPath, MAIN], {
      cwd: place.cwd,
      env: { PATH: process.env["PATH"], HOME: place.home },
    });
    const out = { stdout: "", stderr: "" };
    child.stdout.on("data", (piece: Buffer) => (out.stdout += piece.toString()));
    child.stderr.on("data", (piece: Buffer) => (out.stderr += piece.toString()));
    await once(child, "close");
    assert.deepEqual(out, { stdout: "[\n0\n", stderr: "" });
  });

  test("a file of 1 GB in the way of read and grep takes little memory", async (t) => {
    const simulator = await simulate(t, [
      {
        when: { turn: 0 },
        reply: {
          tool_calls: [
            { name: "read", arguments: { path: "logs/huge.log" } },
            { name: "grep", arguments: { pattern: "needle" } },
            { name: "grep", arguments: { pattern: "needle", path: "logs/huge.log" } },
          ],
        },
      },
      { times: 0, reply: { text: "ok" }, fault: { stall_after: 1 } },
    ]);
    const place = await openPlace(t);
    await mkdir(join(place.cwd, "logs"));
    await writeFile(join(place.cwd, "logs/huge.log"), "first line\n");
    await truncate(join(place.cwd, "logs/huge.log"), 2 ** 30);
    await writeFile(join(place.cwd, "small.txt"), "the needle\n");
    const running = startFactory(place, ["exec", "-m", "sim/x", "--host", simulator.url, "Look."]);
    await until("the results are sent", () => chats(simulator).length === 2);
    const second = JSON.stringify(chats(simulator)[1]?.body);
    assert.match(second, /small\.txt:1: the needle/);
    assert.ok(second.length < 100_000, `${second.length} characters were sent`);
    // A third of the file, beside what Node itself takes.
    const peak = peakMegabytes(running.child.pid);
    assert.ok(peak < 400, `${peak} MB at most were in use`);
    running.child.kill("SIGTERM");
    assert.equal((await running.ended).code, 143);
  });
});

/** The most memory that the process has had so far; 0 where the system does not tell. */
function peakMegabytes(pid: number | undefined): number {
  if (process.platform !== "linux") return 0;
  return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}
