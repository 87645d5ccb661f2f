import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import test from "node:test";
import { assertFailure, exists, inFuture, installs, launch, npmCalls, openProject, start, until, writeNode } from "#test/setup-project.ts";

test("the first run installs, then passes the arguments on unchanged", async (context) => {
  const project = await openProject(context);
  const args = ["a", "b  c", "", `d'e"f`, "*", "$HOME", "--x=1"];
  const first = await launch(project, { args });
  assert.equal(first.stderr, "factory: installing dependencies (once, about 10 s) …\n");
  assert.deepEqual(JSON.parse(first.stdout), { args, label: "system" });
  assert.equal(first.code, 0);
  assert.equal(await exists(project, ".setup"), false);

  const second = await launch(project, { args: ["again"] });
  assert.deepEqual([second.stderr, second.code], ["", 0]);
  assert.equal(await installs(project), 1);
});

test("a set-up folder starts without set-up code and without any program on the PATH", async (context) => {
  const project = await openProject(context);
  await launch(project);
  await fs.rm(path.join(project.root, "scripts"), { recursive: true });
  const result = await launch(project, { path: path.join(project.root, "src") });
  assert.deepEqual([result.stderr, result.code], ["", 0]);
});

test("a newer lockfile with the same bytes installs nothing, one with others does", async (context) => {
  const project = await openProject(context);
  const lockfile = path.join(project.root, "package-lock.json");
  await launch(project);
  await fs.utimes(lockfile, inFuture(60), inFuture(60));
  assert.equal((await launch(project)).stderr, "");
  await fs.rename(path.join(project.root, "scripts"), path.join(project.root, "kept"));
  assert.equal((await launch(project)).code, 0, "the time was taken over, so the next start is a fast one");
  await fs.rename(path.join(project.root, "kept"), path.join(project.root, "scripts"));
  assert.equal(await installs(project), 1);

  await fs.writeFile(lockfile, `{ "lockfileVersion": 3, "changed": true }\n`);
  await fs.utimes(lockfile, inFuture(120), inFuture(120));
  assert.equal((await launch(project)).code, 0);
  assert.equal(await installs(project), 2);
});

test("an installation by hand is taken as it is", async (context) => {
  const project = await openProject(context);
  await fs.mkdir(path.join(project.root, "node_modules"));
  await fs.writeFile(path.join(project.root, "node_modules", ".package-lock.json"), "{}");
  await fs.utimes(path.join(project.root, "node_modules", ".package-lock.json"), inFuture(60), inFuture(60));
  assert.equal((await launch(project)).code, 0);
  assert.equal(await installs(project), 0);
});

const NODE_CHOICES = [
  { version: "v20.20.2", label: "bundled" },
  { version: "v22.18.0", label: "bundled" },
  { version: "v22.19.0", label: "system" },
  { version: "v23.5.0", label: "bundled" },
  { version: "v24.0.0", label: "system" },
];

for (const { version, label } of NODE_CHOICES) {
  test(`with Node ${version} on the PATH the ${label} one runs`, async (context) => {
    const project = await openProject(context, version);
    assert.equal(JSON.parse((await launch(project)).stdout).label, label);
    assert.equal(JSON.parse((await launch(project)).stdout).label, label);
  });
}

test("a system Node that was replaced by an older one is noticed", async (context) => {
  const project = await openProject(context);
  await launch(project);
  await writeNode(path.join(project.bin, "node"), "v20.20.2", "system");
  await fs.utimes(path.join(project.bin, "node"), inFuture(-600), inFuture(-600));
  assert.equal(JSON.parse((await launch(project)).stdout).label, "bundled");
  await fs.rm(path.join(project.bin, "node"));
  assert.equal(JSON.parse((await launch(project)).stdout).label, "bundled", "installed, so no Node on the PATH is needed");
});

test("where npm runs no scripts, the bundled Node is fetched by name", async (context) => {
  const project = await openProject(context, "v20.20.2");
  const result = await launch(project, { npm: "ignore-scripts" });
  assert.equal(JSON.parse(result.stdout).label, "bundled");
  assert.deepEqual(await npmCalls(project), ["view", "install", "rebuild"]);
});

test("a missing program is one clear line", async (context) => {
  const project = await openProject(context);
  await fs.rm(path.join(project.bin, "npm"));
  assertFailure(await launch(project), /npm is not on the PATH.*install npm/);
  await fs.rm(path.join(project.bin, "node"));
  assertFailure(await launch(project), /no working Node on the PATH; install Node 22\.19/);
  await writeNode(path.join(project.bin, "node"), "v18.1.0", "system");
  assertFailure(await launch(project), /Node v18\.1\.0 is too old/);
});

const NPM_FAILURES = [
  { output: "npm error code ENOSPC\nnpm error nospc no space left on device, write", line: /the disk is full.*free 600 MB/ },
  { output: "npm error code EROFS\nnpm error path /srv/x\nnpm error EROFS: read-only", line: /cannot write \/srv\/x:.*writable/ },
  { output: "npm ERR! code EACCES\nnpm ERR! path /srv/y", line: /cannot write \/srv\/y:/ },
  { output: "npm error code ENOTFOUND\nnpm error network getaddrinfo", line: /registry cannot be reached: no network/ },
  { output: "npm error code ECONNREFUSED", line: /registry cannot be reached/ },
  { output: "npm error code SELF_SIGNED_CERT_IN_CHAIN", line: /certificate is not trusted.*cafile/ },
  { output: "npm error code E401", line: /wants a login/ },
  {
    output: "npm error code E404\nnpm error path /p\nnpm error 404 no x at https://me:s3cret@host/x",
    line: /404 no x at https:\/\/host\/x; .*setup\.log/,
  },
  { output: "", line: /npm ended with exit code 1/ },
];

for (const { output, line } of NPM_FAILURES) {
  test(`npm's failure is told in one line: ${output.split("\n")[0] || "(silent)"}`, async (context) => {
    const project = await openProject(context);
    assertFailure(await launch(project, { npm: "fail", output }), line);
    assert.equal(await exists(project, "node_modules"), false, "nothing half done stays");
    assert.equal(await exists(project, ".setup"), false);
    assert.doesNotMatch(await fs.readFile(path.join(project.root, "setup.log"), "utf8"), /s3cret/);
    assert.equal((await launch(project)).code, 0, "the next run installs");
    assert.equal(await exists(project, "setup.log"), false);
  });
}

test("an npm that ends well with files missing for a full disk has failed", async (context) => {
  const project = await openProject(context);
  assertFailure(await launch(project, { npm: "warn", output: "npm warn tar TAR_ENTRY_ERROR ENOSPC: write" }), /the disk is full/);
  assert.equal(await exists(project, "node_modules"), false);
});

const isRoot = process.getuid?.() === 0;
test("a read-only folder is one clear line", { skip: isRoot && "root may write everywhere" }, async (context) => {
  const project = await openProject(context);
  await fs.chmod(project.root, 0o555);
  const result = await launch(project);
  await fs.chmod(project.root, 0o755);
  assertFailure(result, /cannot write: .*make it writable/);
});

test("launches at the same time install once", async (context) => {
  const project = await openProject(context);
  const results = await Promise.all([1, 2, 3].map(() => launch(project, { npm: "slow" })));
  assert.deepEqual(
    results.map((result) => result.code),
    [0, 0, 0],
  );
  assert.equal(await installs(project), 1);
  assert.equal(await exists(project, ".setup"), false);
});

test("the lock of a launch that died is taken over", async (context) => {
  const project = await openProject(context);
  const dead = spawnSync(process.execPath, ["-e", "0"]).pid;
  await fs.mkdir(path.join(project.root, ".setup", "node_modules", "half"), { recursive: true });
  await fs.writeFile(path.join(project.root, ".setup", "pid"), `${dead} ${dead}\n`);
  const results = await Promise.all([1, 2].map(() => launch(project, { npm: "slow" })));
  assert.deepEqual(
    results.map((result) => result.code),
    [0, 0],
  );
  assert.equal(await installs(project), 1);
  assert.equal(await exists(project, "node_modules/half"), false);
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} during the installation leaves nothing behind`, async (context) => {
    const project = await openProject(context);
    const running = start(project, { npm: "hang" });
    await until(async () => (await installs(project)) === 1);
    running.child.kill(signal);
    const result = await running.result;
    assert.equal(result.code, code);
    assert.match(result.stderr, /interrupted; the next run installs again\n$/);
    assert.equal(await exists(project, ".setup"), false);
    assert.equal((await launch(project)).code, 0);
    assert.equal(await installs(project), 2);
  });
}

test("exit code and signals are those of Node itself", async (context) => {
  const project = await openProject(context);
  assert.equal((await launch(project, { args: ["exit", "7"] })).code, 7);
  const running = start(project, { args: ["wait"] });
  await once(running.child.stdout, "data");
  running.child.kill("SIGTERM");
  assert.equal((await running.result).code, 42, "the program's own handler answered");
});

test("the launcher works through links, from any folder, in any shell here", async (context) => {
  const project = await openProject(context);
  const links = path.join(project.root, "links");
  await fs.mkdir(links);
  await fs.symlink("../factory", path.join(links, "near"));
  await fs.symlink(path.join(links, "near"), path.join(links, "far"));
  assert.equal((await launch(project, { command: [path.join(links, "far")], cwd: os.tmpdir() })).code, 0);
  assert.equal((await launch(project, { command: ["sh", "factory"] })).code, 0);
  const shells = [["dash"], ["bash", "--posix"], ["busybox", "sh"], ["zsh", "--emulate", "sh"]];
  for (const shell of shells.filter(([name = ""]) => spawnSync(name, ["-c", ":"]).error === undefined)) {
    await fs.rm(path.join(project.root, "node_modules"), { recursive: true });
    const program = spawnSync("sh", ["-c", `command -v ${shell[0]}`], { encoding: "utf8" }).stdout.trim();
    for (const args of [
      ["first", ""],
      ["second", ""],
    ]) {
      const result = await launch(project, { command: [program, ...shell.slice(1), "factory"], args });
      assert.deepEqual(JSON.parse(result.stdout).args, args, shell.join(" ") + result.stderr);
    }
  }
});

test("the tasks run on the bundled Node; a failed check says which step and what repairs it", async (context) => {
  const project = await openProject(context);
  const script = ["sh", "scripts/run.sh"];
  await fs.mkdir(path.join(project.root, "test"));
  await fs.writeFile(
    path.join(project.root, "test", "label.test.ts"),
    `import test from "node:test"; test(String(process.env["NODE_LABEL"]), () => {});`,
  );
  for (const args of [["test"], ["test", "test/label.test.ts"], ["test", "--test-name-pattern=bundled"]]) {
    const result = await launch(project, { command: script, args });
    assert.match(result.stdout, /✔ bundled[^]*pass 1\n/, result.stderr);
  }
  const checked = await launch(project, { command: script, args: ["check"] });
  assert.equal(checked.code, 1);
  assert.equal(checked.stderr, "check: format\ncheck: lint\ncheck: lint failed; `npm run fix` repairs some; change the rest by hand\n");
  assertFailure(await launch(project, { command: script, args: ["dance"] }), /unknown task 'dance'; one of: test check/);
});
