import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { testingVault } from "#vault/testing-vault.ts";

type Owner = { after(close: () => Promise<unknown>): void };

async function folder(owner: Owner): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "factory-vault-"));
  owner.after(() => rm(root, { recursive: true, force: true }));
  return join(root, "vault");
}

/** Another process that adds so many keys one after the other and prints the label of each that it was told is saved. */
const ADDER = `
  import { writeSync } from "node:fs";
  import { testingVault } from "#vault/testing-vault.ts";
  const [folder, name, count] = process.argv.slice(1);
  const { vault } = testingVault(folder);
  for (let number = 0; number < Number(count); number += 1) {
    const { label } = await vault.add({ provider: "groq", label: name + "-" + number, secret: "secret of " + name + "-" + number });
    writeSync(1, label + "\\n");
  }
`;

function startAdder(at: string, name: string, count: number) {
  const args = ["--input-type=module-typescript", "-e", ADDER, at, name, String(count)];
  const child = spawn(process.execPath, args, { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += chunk.toString()));
  return { child, text, closed: once(child, "close") };
}

test("twenty processes that add a key at once, also the first ones, lose none", async (t) => {
  const at = await folder(t);
  const names = Array.from({ length: 20 }, (_, number) => `p${number}`);
  const adders = names.map((name) => startAdder(at, name, 1));
  const watcher = testingVault(at);
  await Promise.all(
    adders.map(async ({ text, closed }) => {
      assert.deepEqual([await closed, text.stderr], [[0, null], ""]);
      // What this process sees grows with each.
      assert.ok((await watcher.vault.list()).some(({ label }) => `${label}\n` === text.stdout));
    }),
  );
  const kept = await watcher.vault.keysOf("groq");
  assert.deepEqual(kept.map(({ label }) => label).sort(), names.map((name) => `${name}-0`).sort());
  for (const { label, secret } of kept) assert.equal(secret, `secret of ${label}`);
  assert.deepEqual((await readdir(at)).sort(), ["keys.vault", "keys.vault.lock", "vault.key"]);
});

test("a process killed while it writes, twenty times: all that was acknowledged is there, and the file is whole", async (t) => {
  const at = await folder(t);
  const acknowledged: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    const { child, text, closed } = startAdder(at, `r${round}`, 1000);
    child.stdout.once("data", () => setTimeout(() => child.kill("SIGKILL"), (round * 7) % 40));
    // The first round is killed somewhere at the vault's very beginning.
    if (round === 0) setTimeout(() => child.kill("SIGKILL"), 120);
    assert.equal((await closed)[1], "SIGKILL", text.stderr);
    acknowledged.push(...text.stdout.split("\n").filter(Boolean));
  }
  const { vault, warnings } = testingVault(at);
  const kept = new Map((await vault.keysOf("groq")).map(({ label, secret }) => [label, secret]));
  assert.ok(acknowledged.length >= 19);
  for (const label of acknowledged) assert.equal(kept.get(label), `secret of ${label}`);
  // At most the one entry that each was killed on before it could say so.
  assert.ok(kept.size <= acknowledged.length + 20);
  await vault.add({ provider: "groq", label: "after", secret: "all" });
  assert.deepEqual(warnings, []);
  assert.deepEqual((await readdir(at)).sort(), ["keys.vault", "keys.vault.lock", "vault.key"]);
  assert.match(await readFile(join(at, "keys.vault"), "utf8"), /\nend \d+\n$/);
});
