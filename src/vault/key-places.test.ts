import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { testingVault } from "#vault/testing-vault.ts";

/** Keychains of the system as small programs, first on PATH, which note their arguments and keep what they are given in files. */
const PROGRAMS = {
  "secret-tool": `
    last() { shift $(($# - 1)); printf %s "$1"; }
    case $1 in
      lookup) [ -f "$STORE/$(last "$@")" ] || exit 1; cat "$STORE/$(last "$@")" ;;
      store) cat >"$STORE/$(last "$@")" ;;
    esac`,
  security: `
    case $1 in
      default-keychain) echo '"/Users/me/Library/Keychains/login.keychain-db"' ;;
      find-generic-password) [ -f "$STORE/$5" ] || exit 44; cat "$STORE/$5"; echo ;;
      -i) read -r _ _ _ _ _ account rest; printf %s "\${rest##*-w }" >"$STORE/$account" ;;
    esac`,
} as const;

async function setUp(
  owner: { after(close: () => Promise<unknown>): void },
  program: keyof typeof PROGRAMS,
  script: string = PROGRAMS[program],
) {
  const root = await mkdtemp(join(tmpdir(), "factory-places-"));
  owner.after(() => rm(root, { recursive: true, force: true }));
  const [bin, store] = [join(root, "bin"), join(root, "store")];
  for (const each of [bin, store]) await mkdir(each);
  await writeFile(join(bin, program), `#!/bin/sh\nprintf '%s\\n' "$*" >>"$STORE/../calls"\n${script}\n`);
  await chmod(join(bin, program), 0o755);
  const env = {
    PATH: [bin, process.env["PATH"]].join(delimiter),
    STORE: store,
    DBUS_SESSION_BUS_ADDRESS: "unix:path=/nonexistent",
  };
  const calls = () => readFile(join(root, "calls"), "utf8").catch(() => "");
  return { vaultFolder: join(root, "vault"), store, env, calls };
}

const CASES = [
  ["secret-tool", "linux", "secret-service"],
  ["security", "darwin", "keychain"],
] as const;

for (const [program, platform, place] of CASES) {
  test(`${program} keeps the vault's key, and never sees it among its arguments`, async (t) => {
    const { vaultFolder, store, env, calls } = await setUp(t, program);
    const { vault } = testingVault(vaultFolder, { env, platform });
    const { id } = await vault.add({ provider: "groq", secret: "a secret" });
    assert.match(await readFile(join(vaultFolder, "keys.vault"), "utf8"), new RegExp(`"place":"${place}"`));
    assert.deepEqual((await readdir(vaultFolder)).sort(), ["keys.vault", "keys.vault.lock"]);
    const [name = ""] = await readdir(store);
    const key = (await readFile(join(store, name), "utf8")).trim();
    assert.match(key, /^[0-9a-f]{64}$/);
    assert.ok(!(await calls()).includes(key));
    assert.equal((await testingVault(vaultFolder, { env, platform }).vault.get(id)).secret, "a secret");
    await rm(join(store, name));
    const locked = testingVault(vaultFolder, { env, platform }).vault;
    assert.equal((await locked.list()).length, 1);
    await assert.rejects(locked.get(id), { name: "UsageError", message: /its key is in the .*key(chain|ring).*, which does not give it/ });
    const given = testingVault(vaultFolder, { env: { ...env, FACTORY_VAULT_KEY: key }, platform });
    assert.equal((await given.vault.get(id)).secret, "a secret");
  });
}

test("a keyring that is not there, fails or forgets gives way to the key file", async (t) => {
  const scripts = [
    PROGRAMS["secret-tool"],
    "echo 'Cannot autolaunch D-Bus without X11' >&2; exit 1",
    "case $1 in lookup) exit 1 ;; esac",
    "case $1 in lookup) exit 1 ;; store) echo locked >&2; exit 1 ;; esac",
    'case $1 in lookup) [ "${5#none}" = "" ] && exit 1; echo garbage ;; esac',
  ];
  for (const [at, script] of scripts.entries()) {
    const { vaultFolder, env } = await setUp(t, "secret-tool", script);
    const bus = at === 0 ? { DBUS_SESSION_BUS_ADDRESS: "", XDG_RUNTIME_DIR: "" } : {};
    await testingVault(vaultFolder, { env: { ...env, ...bus } }).vault.add({ provider: "groq", secret: "a secret" });
    assert.match(await readFile(join(vaultFolder, "keys.vault"), "utf8"), /"place":"file"/, script);
    assert.match(await readFile(join(vaultFolder, "vault.key"), "utf8"), /^[0-9a-f]{64}\n$/);
  }
});

test("a keyring that hangs is not waited for", async (t) => {
  const { vaultFolder, env } = await setUp(t, "secret-tool", "exec sleep 600");
  await testingVault(vaultFolder, { env }).vault.add({ provider: "groq", secret: "a secret" });
  assert.match(await readFile(join(vaultFolder, "keys.vault"), "utf8"), /"place":"file"/);
});
