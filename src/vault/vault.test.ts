import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { testingVault } from "#vault/testing-vault.ts";

type Owner = { after(close: () => Promise<unknown>): void };

async function folder(owner: Owner): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "factory-vault-"));
  owner.after(() => rm(root, { recursive: true, force: true }));
  return join(root, "home", "vault");
}

const SECRET = "gsk_abcdefghijklmnopqrstuvwxyz";
const KEY = "0123456789abcdef".repeat(4);

test("an entry comes back as it was put in, and its secret is in no file", async (t) => {
  const at = await folder(t);
  const { vault } = testingVault(at);
  assert.deepEqual([await vault.list(), await vault.keysOf("groq")], [[], []]);
  const entry = await vault.add({ provider: "groq", secret: SECRET, extras: { plan: "café" } });
  assert.deepEqual([entry.label, entry.kind, entry.last4], ["default", "key", "wxyz"]);
  assert.deepEqual(await vault.list(), [entry]);
  const other = testingVault(at);
  assert.deepEqual(await other.vault.get(entry.id), { ...entry, secret: SECRET });
  assert.deepEqual(await other.vault.keysOf("groq"), [{ ...entry, secret: SECRET }]);
  for (const name of await readdir(at)) {
    const path = join(at, name);
    assert.ok(!(await readFile(path, "latin1")).includes("abcdefghij"), name);
    assert.equal((await stat(path)).mode & 0o777, 0o600, name);
  }
  assert.equal((await stat(at)).mode & 0o777, 0o700);
  assert.deepEqual(other.warnings, []);
});

test("the same secret twice is sealed differently", async (t) => {
  const at = await folder(t);
  const { vault } = testingVault(at);
  await vault.add({ provider: "a", secret: SECRET });
  await vault.add({ provider: "b", secret: SECRET });
  const text = await readFile(join(at, "keys.vault"), "utf8");
  for (const field of ["nonce", "box"]) {
    const [one, two] = [...text.matchAll(new RegExp(`"${field}":"([^"]+)"`, "g"))].map((match) => match[1]);
    assert.ok(one !== undefined && two !== undefined && one !== two, field);
  }
});

test("several keys of a provider: labels, order, change, removal", async (t) => {
  const { vault } = testingVault(await folder(t));
  const labels = async () => (await vault.list()).map(({ provider, label }) => `${provider}/${label}`).join(" ");
  const a = await vault.add({ provider: "groq", secret: "a" });
  await vault.add({ provider: "xai", secret: "x" });
  const b = await vault.add({ provider: "groq", secret: "b" });
  const c = await vault.add({ provider: "groq", label: "work", secret: "c" });
  assert.equal(await labels(), "groq/default xai/default groq/key 2 groq/work");
  await vault.move(c.id, 1);
  assert.equal(await labels(), "groq/work xai/default groq/default groq/key 2");
  await vault.move(c.id, 99);
  assert.equal(await labels(), "groq/default xai/default groq/key 2 groq/work");
  await vault.move(b.id, 2);
  assert.equal(await labels(), "groq/default xai/default groq/key 2 groq/work");
  assert.equal((await vault.update(b.id, { label: "home", secret: SECRET })).last4, "wxyz");
  await vault.remove(a.id);
  assert.deepEqual(
    (await vault.keysOf("groq")).map(({ label, secret }) => [label, secret]),
    [
      ["home", SECRET],
      ["work", "c"],
    ],
  );
  await assert.rejects(vault.add({ provider: "groq", label: "work", secret: "d" }), /has a key labelled "work" already/);
  await assert.rejects(vault.update(b.id, { label: "work" }), /has a key labelled "work" already/);
  await assert.rejects(vault.get(a.id), /not in the vault/);
  await assert.rejects(vault.add({ provider: "groq", label: "a\nb", secret: "d" }), /cannot be a name/);
  await assert.rejects(vault.add({ provider: "groq", secret: "" }), /the key is empty/);
  assert.equal(await labels(), "xai/default groq/home groq/work");
});

test("a login keeps its secret whole and shows none of it", async (t) => {
  const { vault } = testingVault(await folder(t));
  const secret = JSON.stringify({ access: "eyJ…", refresh: "r".repeat(2000) });
  const entry = await vault.add({ provider: "openai", kind: "login", label: "me@example.com", secret, extras: { expiresAt: 5 } });
  assert.equal(entry.last4, "");
  assert.equal((await vault.get(entry.id)).secret, secret);
});

test("FACTORY_VAULT_KEY: hex, base64 with and without its end, base64url and a passphrase", async (t) => {
  const bytes = Buffer.alloc(32, 0xfb);
  const forms = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64").replace("=", ""), bytes.toString("base64url")];
  const at = await folder(t);
  const entry = await testingVault(at, { env: { FACTORY_VAULT_KEY: forms[0] } }).vault.add({ provider: "groq", secret: SECRET });
  for (const form of [...forms, `  ${bytes.toString("hex").toUpperCase()}\n`]) {
    assert.equal((await testingVault(at, { env: { FACTORY_VAULT_KEY: form } }).vault.get(entry.id)).secret, SECRET, form);
  }
  assert.deepEqual((await readdir(at)).sort(), ["keys.vault", "keys.vault.lock"]);

  const phrase = await folder(t);
  const env = { FACTORY_VAULT_KEY: "correct horse battery staple" };
  const other = await testingVault(phrase, { env }).vault.add({ provider: "groq", secret: SECRET });
  assert.equal((await testingVault(phrase, { env }).vault.get(other.id)).secret, SECRET);
  const wrong = testingVault(phrase, { env: { FACTORY_VAULT_KEY: "correct horse battery stable" } }).vault;
  await assert.rejects(wrong.get(other.id), { name: "UsageError", message: /FACTORY_VAULT_KEY is not the key/ });
});

test("a wrong or missing key is told, and the file stays as it is", async (t) => {
  const at = await folder(t);
  const entry = await testingVault(at, { env: { FACTORY_VAULT_KEY: KEY } }).vault.add({ provider: "groq", secret: SECRET });
  const before = await readFile(join(at, "keys.vault"));
  const cases = [
    [KEY.replace("0", "1"), /FACTORY_VAULT_KEY is not the key/],
    [undefined, /FACTORY_VAULT_KEY, which is not set/],
    ["  ", /FACTORY_VAULT_KEY, which is not set/],
  ] as const;
  for (const [value, message] of cases) {
    const { vault } = testingVault(at, { env: { FACTORY_VAULT_KEY: value } });
    assert.equal((await vault.list()).length, 1);
    await assert.rejects(vault.get(entry.id), { name: "UsageError", message });
    await assert.rejects(vault.keysOf("groq"), message);
    await assert.rejects(vault.add({ provider: "xai", secret: SECRET }), message);
    await assert.rejects(vault.update(entry.id, { secret: "x" }), message);
  }
  assert.deepEqual(await readFile(join(at, "keys.vault")), before);
});

test("the key file: lost, damaged or another, it is named and never replaced; the variable stands in for it", async (t) => {
  const at = await folder(t);
  const path = join(at, "vault.key");
  const entry = await testingVault(at).vault.add({ provider: "groq", secret: SECRET });
  const hex = (await readFile(path, "utf8")).trim();
  for (const text of [KEY, "", hex.slice(1), "zz"]) {
    await writeFile(path, text);
    await assert.rejects(testingVault(at).vault.get(entry.id), /the key in the file vault\.key is another one or damaged/);
    await assert.rejects(testingVault(at).vault.add({ provider: "xai", secret: SECRET }), /another one or damaged/);
    assert.equal(await readFile(path, "utf8"), text);
  }
  await rm(path);
  await assert.rejects(testingVault(at).vault.get(entry.id), /its key is in the file vault\.key, which does not give it/);
  assert.equal((await testingVault(at, { env: { FACTORY_VAULT_KEY: hex } }).vault.get(entry.id)).secret, SECRET);
});

test("a new vault takes the key file that is there, and another vault's keys do not open it", async (t) => {
  const at = await folder(t);
  await testingVault(at).vault.add({ provider: "groq", secret: SECRET });
  const key = await readFile(join(at, "vault.key"), "utf8");
  const old = await readFile(join(at, "keys.vault"), "utf8");
  await rm(join(at, "keys.vault"));
  await testingVault(at).vault.add({ provider: "xai", secret: SECRET });
  assert.equal(await readFile(join(at, "vault.key"), "utf8"), key);
  // An entry that is carried over from another vault has the right sum and the wrong seal.
  const lines = (await readFile(join(at, "keys.vault"), "utf8")).split("\n");
  await writeFile(join(at, "keys.vault"), [lines[0], old.split("\n")[1], "end 1", ""].join("\n"));
  const { vault, warnings } = testingVault(at);
  const [moved] = await vault.list();
  await assert.rejects(vault.get(moved?.id ?? ""), /default of groq in the vault of keys was changed or damaged/);
  assert.deepEqual(await vault.keysOf("groq"), []);
  assert.match(warnings.join(), /default of groq/);
});

test("permissions that others could use are repaired and told", async (t) => {
  const at = await folder(t);
  const entry = await testingVault(at).vault.add({ provider: "groq", secret: SECRET });
  await chmod(at, 0o755);
  for (const name of ["keys.vault", "vault.key"]) await chmod(join(at, name), 0o644);
  const { vault, warnings } = testingVault(at);
  assert.equal((await vault.get(entry.id)).secret, SECRET);
  assert.equal((await stat(at)).mode & 0o777, 0o700);
  for (const name of ["keys.vault", "vault.key"]) assert.equal((await stat(join(at, name))).mode & 0o777, 0o600);
  assert.equal(warnings.length, 3);
  assert.match(warnings.join("\n"), /vault\.key was open to other users \(0644\)/);
});

test("another version, a stranger's file and one that is too large are left alone", async (t) => {
  const at = await folder(t);
  const path = join(at, "keys.vault");
  const { vault } = testingVault(at);
  await vault.add({ provider: "groq", secret: SECRET });
  const good = await readFile(path, "utf8");
  const cases = [
    [good.replace("factory-vault 1", "factory-vault 2"), /has version 2, and this factory knows version 1/],
    ["{}\n", /its first line is not that of a vault/],
    ["", /its first line is not that of a vault/],
    [good.replace(/"id":"./, '"id":"x'), /its first line is damaged/],
    ["x".repeat(9_000_000), /larger than 8 MiB/],
  ] as const;
  for (const [text, message] of cases) {
    await writeFile(path, text);
    for (const use of [() => vault.list(), () => vault.keysOf("groq"), () => vault.add({ provider: "xai", secret: SECRET })]) {
      await assert.rejects(use, { name: "UsageError", message });
    }
    assert.equal(await readFile(path, "utf8"), text);
  }
});

test("a folder that cannot be made is told", async (t) => {
  const at = await folder(t);
  await mkdir(join(at, "..", ".."), { recursive: true });
  await writeFile(join(at, ".."), "a file in the folder's place");
  const { vault } = testingVault(at);
  assert.deepEqual(await vault.list(), []);
  await assert.rejects(vault.add({ provider: "groq", secret: SECRET }), { name: "UsageError", message: /cannot be written: E/ });
});
