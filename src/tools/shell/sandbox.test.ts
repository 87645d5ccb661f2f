import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { findProgram, findSandbox } from "#tools/shell/sandbox.ts";
import type { SandboxPlan } from "#tools/shell/sandbox-plan.ts";
import { openScratch } from "#tools/shell/scratch.ts";
import { createShellTool } from "#tools/shell.ts";

const PATH = process.env["PATH"] ?? "/usr/bin:/bin";
const root = await realpath(await mkdtemp(join(tmpdir(), "sandbox-")));
const [cwd, home] = [join(root, "work"), join(root, "home")];
await mkdir(cwd);
const plan: SandboxPlan = { cwd, scratch: openScratch(), network: false, home, hide: [], isRoot: process.getuid?.() === 0 };
const search = { platform: process.platform, path: PATH, cwd };
const sandbox = await findSandbox(plan, search);
const skip = process.platform === "linux" && sandbox.ok ? false : sandbox.ok ? "tests the sandbox of Linux" : sandbox.reason;

const shell = createShellTool();

async function ran(command: string, { network = false, folder = cwd } = {}) {
  const context = { cwd: folder, signal: new AbortController().signal, vision: false, env: { PATH, HOME: home } };
  const outcome = await shell.run({ command }, { ...context, shell: { kind: "sandbox", network } });
  return { ...outcome, text: outcome.content.map((block) => (block.type === "text" ? block.text : "")).join("") };
}

before(async () => {
  await mkdir(join(home, ".ssh"), { recursive: true });
  await writeFile(join(home, ".ssh/id"), "hush");
  await writeFile(join(home, ".npmrc"), "hush");
  await mkdir(join(root, "dotfiles"));
  await writeFile(join(root, "dotfiles/netrc"), "hush");
  await symlink("../dotfiles/netrc", join(home, ".netrc"));
  await writeFile(join(home, "notes"), "open");
  await symlink(root, join(cwd, "out"));
});
after(() => rm(root, { recursive: true }));

test("the working folder and the temp folder can be written, /dev/null works", { skip }, async () => {
  const { text, isError } = await ran('echo in > a && cat a && echo tmp > "$TMPDIR/b" && cat "$TMPDIR/b" && echo x > /dev/null && mktemp');
  assert.equal(isError, false, text);
  assert.match(text, /^in\ntmp\n/);
  assert.equal(readFileSync(join(cwd, "a"), "utf8"), "in\n");
  assert.match((await ran('cat "$TMPDIR/b"')).text, /^tmp$/);
});

for (const target of [
  "../planted",
  "out/planted",
  join(root, "planted"),
  "/etc/planted",
  join(home, "planted"),
  join(home, ".ssh/planted"),
]) {
  test(`nothing is written to ${target.replace(root, "…")}`, { skip }, async () => {
    const { isError, text } = await ran(`echo x > ${target}`);
    assert.equal(isError, true);
    assert.match(text, /working folder and \$TMPDIR/);
    assert.equal(existsSync(join(cwd, target)) || existsSync(target), false);
  });
}

test("outside of /tmp, the private temp folder stands for /tmp too", { skip }, async () => {
  const folder = await realpath(await mkdtemp("/var/tmp/sandbox-"));
  const planted = join("/tmp", basename(folder));
  try {
    assert.equal((await ran(`echo kept > ${planted}`, { folder })).isError, false);
    assert.equal((await ran(`cat ${planted}; ls /run`, { folder })).text.split("\n")[0], "kept");
    assert.equal(existsSync(planted), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the root folder is no working folder for a sandbox", { skip }, async () => {
  const { note, text } = await ran("echo x", { folder: "/" });
  assert.equal(note, "no sandbox");
  assert.match(text, /protect nothing/);
});

test("remounting does not help, not even root", { skip }, async () => {
  assert.equal((await ran(`mount -o remount,rw / || mount -o remount,rw,bind / ; echo x > ${root}/planted`)).isError, true);
  assert.equal(existsSync(join(root, "planted")), false);
});

test("secrets of the home folder are hidden, the rest of it is not", { skip }, async () => {
  const { text } = await ran(
    `ls -A ${home}/.ssh; cat ${home}/.ssh/id ${home}/.npmrc ${home}/.netrc ${root}/dotfiles/netrc; cat ${home}/notes`,
  );
  assert.equal(text.includes("hush"), false, text);
  assert.match(text, /open$/);
});

test("a working folder within a hidden one is there, and a hidden one within the working folder is not", { skip }, async () => {
  const within = join(home, ".factory/work");
  await mkdir(within, { recursive: true });
  await writeFile(join(home, ".factory/key"), "hush");
  const { text, isError } = await ran(`echo x > f && cat f && cat ../key`, { folder: within });
  assert.equal(isError, true);
  assert.match(text, /^x\n/);
  assert.equal(text.includes("hush"), false);
  assert.equal((await ran("cat .ssh/id", { folder: home })).text.includes("hush"), false);
});

test("the network is closed unless it is allowed", { skip }, async () => {
  const server = createServer((socket) => socket.end("reached\n")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const client = `require("net").connect(${address.port}, "127.0.0.1").on("error", (e) => console.log(e.code)).pipe(process.stdout)`;
  const command = `'${process.execPath}' -e '${client}'`;
  try {
    assert.match((await ran(command)).text, /^(ECONNREFUSED|ENETUNREACH)/);
    assert.equal((await ran(command, { network: true })).text, "reached");
  } finally {
    server.close();
  }
});

test("git works, and nothing can be planted that git runs later", { skip: skip || missing("git") }, async () => {
  const folder = join(root, "repository");
  execFileSync("git", ["init", "-q", folder]);
  await rm(join(folder, ".git/hooks"), { recursive: true, force: true });
  const config = readFileSync(join(folder, ".git/config"), "utf8");
  const commit = "git -c user.name=a -c user.email=a@b commit -qm first && git log --oneline && git status --short";
  const { text, isError } = await ran(`echo a > a && git add a && ${commit}`, { folder });
  assert.equal(isError, false, text);
  assert.match(text, /first$/);
  for (const attempt of [
    "mkdir -p .git/hooks && echo evil > .git/hooks/post-checkout",
    "git config core.fsmonitor evil",
    "echo evil >> .git/config",
    "mv .git other && cp -r other .git",
    "rm -rf .git/hooks && mkdir .git/hooks",
  ]) {
    assert.equal((await ran(attempt, { folder })).isError, true, attempt);
  }
  assert.equal(readFileSync(join(folder, ".git/config"), "utf8"), config);
  assert.equal(existsSync(join(folder, ".git/hooks/post-checkout")), false);
});

test("tests of Node run inside", { skip }, async () => {
  await writeFile(join(cwd, "ok.test.mjs"), 'import { test } from "node:test";\ntest("fine", () => {});\n');
  const { text, isError } = await ran(`'${process.execPath}' --test ok.test.mjs`);
  assert.equal(isError, false, text);
  assert.match(text, /pass 1/);
});

test("abort ends what runs inside", { skip }, async () => {
  const controller = new AbortController();
  const context = {
    cwd,
    signal: controller.signal,
    vision: false,
    env: { PATH, HOME: home },
    shell: { kind: "sandbox", network: false },
  } as const;
  const running = shell.run({ command: "while :; do date +%s%N > beat; sleep 0.05; done" }, context);
  for (let wait = 0; wait < 400 && !existsSync(join(cwd, "beat")); wait += 1) await delay(25);
  controller.abort(new Error("enough"));
  await assert.rejects(running, /enough/);
  const last = readFileSync(join(cwd, "beat"), "utf8");
  await delay(300);
  assert.equal(readFileSync(join(cwd, "beat"), "utf8"), last);
});

test("npm runs inside", { skip: skip || missing("npm") }, async () => {
  await mkdir(join(cwd, "package"));
  await writeFile(join(cwd, "package/package.json"), '{ "scripts": { "test": "echo tested > done && cat done" } }');
  const { text, isError } = await ran("cd package && npm test");
  assert.equal(isError, false, text);
  assert.match(text, /tested/);
});

test("sees only its own processes, and leaves none behind", { skip }, async () => {
  const { text } = await ran("setsid sleep 300 & ls /proc | grep -c '^[0-9]'");
  assert.ok(Number(text) < 8, text);
});

test("dies with the program that started it", { skip }, async () => {
  assert.ok(sandbox.ok);
  const argv = await sandbox.wrap(plan, ["sh", "-c", 'while :; do date +%s%N > "$TMPDIR/alive"; sleep 0.05; done']);
  const [program, args] = [JSON.stringify(argv[0]), JSON.stringify(argv.slice(1))];
  const starter = `require("child_process").spawn(${program}, ${args}, { stdio: "ignore", detached: true })`;
  const env = { PATH, TMPDIR: plan.scratch.tmp };
  const parent = spawn(process.execPath, ["-e", `${starter}; setInterval(() => {}, 1000)`], { stdio: "ignore", env });
  const alive = join(plan.scratch.tmp, "alive");
  for (let wait = 0; wait < 400 && !existsSync(alive); wait += 1) await delay(25);
  assert.ok(existsSync(alive), "it never ran");
  parent.kill("SIGKILL");
  await once(parent, "exit");
  let last = "";
  for (let wait = 0; wait < 50 && last !== readFileSync(alive, "utf8"); wait += 1) {
    last = readFileSync(alive, "utf8");
    await delay(200);
  }
  assert.equal(readFileSync(alive, "utf8"), last);
});

test("a sandbox that does not work is told with its own words, and none of another system is tried", async () => {
  await writeFile(join(root, "bwrap"), "#!/bin/sh\necho 'bwrap: no namespaces here' >&2\nexit 1\n");
  await chmod(join(root, "bwrap"), 0o755);
  const broken = await findSandbox(plan, { platform: "linux", path: root, cwd });
  assert.deepEqual(broken, { ok: false, reason: "bubblewrap does not work here: bwrap: no namespaces here" });
  const other = await findSandbox(plan, { platform: "aix", path: PATH, cwd });
  assert.equal(other.ok, false);
});

test("programs are not taken from the working folder or relative places", async () => {
  await mkdir(join(cwd, "bin"));
  await writeFile(join(cwd, "bin/bwrap"), "#!/bin/sh\n");
  await chmod(join(cwd, "bin/bwrap"), 0o755);
  assert.equal(findProgram("bwrap", { platform: "linux", path: `.:bin:${cwd}/bin:${cwd}`, cwd }), undefined);
  assert.equal(findProgram("sh", { platform: "linux", path: `${cwd}/bin:/bin`, cwd }), "/bin/sh");
});

function missing(program: string): string | false {
  return findProgram(program, search) === undefined ? `${program} is not installed` : false;
}
