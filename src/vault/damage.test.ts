import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { testingVault } from "#vault/testing-vault.ts";

const env = { FACTORY_VAULT_KEY: "0123456789abcdef".repeat(4) };
const SECRETS: Readonly<Record<string, string>> = { groq: "gsk_abcdefghijklmnop", xai: "xai-abcdefghijklmnop" };

async function smallVault(owner: { after(close: () => Promise<unknown>): void }) {
  const at = await mkdtemp(join(tmpdir(), "factory-damage-"));
  owner.after(() => rm(at, { recursive: true, force: true }));
  const { vault } = testingVault(at, { env });
  for (const [provider, secret] of Object.entries(SECRETS)) await vault.add({ provider, secret });
  return { at, path: join(at, "keys.vault"), good: await readFile(join(at, "keys.vault")) };
}

/** The providers whose keys can still be had; every one of them must be right. Anything but a `UsageError` fails. */
async function survivors(at: string): Promise<{ readonly alive: readonly string[]; readonly told: string }> {
  const { vault, warnings } = testingVault(at, { env });
  const alive: string[] = [];
  const told: string[] = [];
  try {
    for (const { id, provider } of await vault.list()) {
      const key = await vault.get(id).catch(noteTo(told));
      if (key === undefined) continue;
      assert.equal(key.secret, SECRETS[provider]);
      alive.push(provider);
    }
  } catch (error) {
    noteTo(told)(error);
  }
  return { alive, told: [...warnings, ...told].join("\n") };
}

const noteTo = (told: string[]) => (error: unknown) => {
  if (!(error instanceof UsageError)) throw error;
  told.push(error.message);
  return undefined;
};

test("a flipped bit anywhere is noticed, costs at most what it hit, and changes no file", async (t) => {
  const { at, path, good } = await smallVault(t);
  const header = good.indexOf("\n");
  const second = good.indexOf("\n", header + 1);
  for (let place = 0; place < good.length; place += 1) {
    const bad = Buffer.from(good);
    bad[place] = (bad[place] ?? 0) ^ (1 << (place % 8));
    await writeFile(path, bad);
    const { alive, told } = await survivors(at);
    assert.notEqual(told, "", `byte ${place} was changed and nothing was said`);
    if (place < header) assert.deepEqual(alive, [], `byte ${place}`);
    else if (place > header && place < second) assert.deepEqual(alive, ["xai"], `byte ${place}`);
    assert.deepEqual(await readFile(path), bad);
  }
  await writeFile(path, good);
  assert.deepEqual(await survivors(at), { alive: ["groq", "xai"], told: "" });
});

test("a damaged entry is named", async (t) => {
  const { at, path, good } = await smallVault(t);
  await writeFile(path, good.toString().replace(/("box":"[^"]*)".*\n(.*"provider":"xai")/, '$1!"}\n$2'));
  assert.match((await survivors(at)).told, /entry 1 \(default of groq\) is damaged/);
});

test("a change to a damaged vault is refused, or the old file is kept aside first", async (t) => {
  const { at, path, good } = await smallVault(t);
  for (let place = 0; place < good.length; place += 11) {
    const bad = Buffer.from(good);
    bad[place] = (bad[place] ?? 0) ^ 1;
    await writeFile(path, bad);
    const before = (await survivors(at)).alive;
    const { vault } = testingVault(at, { env });
    const added = await vault.add({ provider: "new", secret: "new-secret" }).then(
      () => true,
      (error: unknown) => noteTo([])(error) ?? false,
    );
    const asides = (await readdir(at)).filter((name) => name.includes(".damaged-"));
    if (added) {
      assert.equal(asides.length, 1, `byte ${place}`);
      assert.deepEqual(await readFile(join(at, asides[0] ?? "")), bad);
      assert.equal((await vault.keysOf("new"))[0]?.secret, "new-secret");
      for (const provider of before) assert.equal((await vault.keysOf(provider))[0]?.secret, SECRETS[provider]);
    } else assert.deepEqual([asides, await readFile(path)], [[], bad]);
    for (const name of asides) await rm(join(at, name));
  }
});

test("a vault that was cut off gives what is whole and says so", async (t) => {
  const { at, path, good } = await smallVault(t);
  for (let length = 0; length < good.length - 1; length += 7) {
    await writeFile(path, good.subarray(0, length));
    const { told } = await survivors(at);
    assert.notEqual(told, "", `cut after ${length} bytes`);
  }
  const lines = good.toString().split("\n");
  await writeFile(path, [...lines.slice(0, 2), ""].join("\n"));
  assert.deepEqual(await survivors(at), {
    alive: ["groq"],
    told: `the vault of keys ${path}: its end is missing or damaged; its other entries are not touched by that`,
  });
});

test("what lies in the folder beside the vault does no harm", async (t) => {
  const { at } = await smallVault(t);
  await mkdir(join(at, ".keys.vault.zzz.tmp"));
  await writeFile(join(at, ".keys.vault.0123456789ab.tmp"), "half a vault");
  await testingVault(at, { env }).vault.add({ provider: "new", secret: "n" });
  assert.deepEqual((await readdir(at)).sort(), [".keys.vault.zzz.tmp", "keys.vault", "keys.vault.lock"]);
});
