import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir, hostname } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import { setInFile } from "#config/edit.ts";
import { parseConfig } from "#config/parse-file.ts";
import { toJson } from "#config/tree.ts";
import { updateFile } from "#config/update-file.ts";

const ROOT = join(import.meta.dirname, "../..");

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "factory-update-"));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A child process that runs a piece of code with `setInFile` and a file's name at hand. */
const start = (file: string, code: string) =>
  spawn(
    process.execPath,
    [
      "--input-type=module",
      "-e",
      `import { setInFile } from "#config/edit.ts";
       import { systemClock } from "#base/clock.ts";
       const file = ${JSON.stringify(file)};
       const set = (profile, model) => setInFile(file, { path: ["profiles", profile, "model"], value: model }, systemClock);
       ${code}`,
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
  );

const ended = (child: ReturnType<typeof start>): Promise<number | null> => new Promise((resolve) => child.once("close", resolve));

async function valuesIn(file: string): Promise<unknown> {
  const { root, problems } = await parseConfig({ file, layer: "user", text: await readFile(file, "utf8") });
  assert.deepEqual(problems, []);
  return root === undefined ? undefined : toJson(root);
}

test("a new file is the user's alone, and so is its folder; a link stays a link", async (t) => {
  const root = await folder(t);
  const file = join(root, "new/deep/config.toml");
  await setInFile(file, { path: ["profile"], value: "p" }, systemClock);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(root, "new/deep"))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(root, "new/deep")), ["config.toml"]);
  const link = join(root, "config.toml");
  await symlink(file, link);
  await setInFile(link, { path: ["profile"], value: "q" }, systemClock);
  assert.ok((await lstat(link)).isSymbolicLink());
  assert.equal(await readFile(file, "utf8"), 'profile = "q"\n');
});

test("twenty processes that write at once lose nothing", async (t) => {
  const file = join(await folder(t), "config.toml");
  const children = Array.from({ length: 20 }, (_, at) => start(file, `await set("p${at}", "m${at}");`));
  assert.deepEqual(new Set(await Promise.all(children.map(ended))), new Set([0]));
  const profiles = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`p${at}`, { model: `m${at}` }]));
  assert.deepEqual(await valuesIn(file), { profiles });
});

test("kill -9 at any moment of a write: the file is whole, nothing that was told to be written is lost, and the next one gets in", async (t) => {
  const root = await folder(t);
  const file = join(root, "config.toml");
  await writeFile(file, "# mine\n");
  let kept = -1;
  for (let round = 0; round < 8; round += 1) {
    const child = start(file, `for (let n = ${kept + 1}; ; n += 1) { await set("p" + n, "m"); process.stdout.write(n + "\\n"); }`);
    let said = "";
    child.stdout.setEncoding("utf8");
    await new Promise<void>((resolve) => {
      child.stdout.on("data", (piece: string) => {
        said += piece;
        // Each round somewhere else in a write.
        if (said.split("\n").length > 2) setTimeout(resolve, round * 0.7);
      });
    });
    child.kill("SIGKILL");
    await ended(child);
    kept = Math.max(kept, ...said.split("\n").slice(0, -1).map(Number));
    const text = await readFile(file, "utf8");
    assert.match(text, /^# mine\n/);
    const { profiles } = (await valuesIn(file)) as { profiles: Record<string, unknown> };
    const names = Object.keys(profiles);
    for (let n = 0; n <= kept; n += 1) assert.ok(names.includes(`p${n}`), `p${n} was told to be written`);
    // One more may have been written and not told.
    assert.ok(names.length <= kept + 2);
    kept = names.length - 1;
  }
  await setInFile(file, { path: ["profile"], value: "p0" }, systemClock);
  assert.deepEqual(await readdir(root), ["config.toml"]);
});

test("a lock that a dead process left is taken over by one of many; one of a living process is waited for", async (t) => {
  const root = await folder(t);
  const file = join(root, "n");
  const dead = start(file, "");
  await ended(dead);
  await symlink(`${dead.pid}-1-${hostname()}`, `${file}.lock`);
  // And whoever wanted to remove it died too.
  await symlink(`${dead.pid}-2-${hostname()}`, `${file}.lock.${dead.pid}-1`);
  await Promise.all(Array.from({ length: 20 }, () => updateFile(file, (text) => String(Number(text ?? "0") + 1), systemClock)));
  assert.equal(await readFile(file, "utf8"), "20");
  assert.deepEqual(await readdir(root), ["n"]);

  await symlink(`${process.pid}-1-${hostname()}`, `${file}.lock`);
  let at = Date.now();
  const hurried = { now: () => (at += 1000), sleep: async () => undefined };
  await assert.rejects(
    updateFile(file, () => "x", hurried),
    /n\.lock is held by another process \(\d+\)/,
  );
  at += 60_000;
  await updateFile(file, () => "taken from a process that has long had another task", hurried);
  assert.deepEqual(await readdir(root), ["n"]);
});

test("a file that cannot be written is told, and nothing is left behind", async (t) => {
  const root = await folder(t);
  await writeFile(join(root, "plain"), "");
  await assert.rejects(
    setInFile(join(root, "plain/config.toml"), { path: ["profile"], value: "p" }, systemClock),
    /config\.toml cannot be written: a part of its path is a file/,
  );
  await mkdir(join(root, "config.toml"));
  await assert.rejects(setInFile(join(root, "config.toml"), { path: ["profile"], value: "p" }, systemClock), /it is a folder/);
  await writeFile(join(root, "bad.toml"), "a = ");
  await assert.rejects(setInFile(join(root, "bad.toml"), { path: ["profile"], value: "p" }, systemClock), /nothing was written|no TOML/);
  assert.deepEqual((await readdir(root)).sort(), ["bad.toml", "config.toml", "plain"]);
});
