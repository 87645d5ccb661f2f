import assert from "node:assert/strict";
import { test } from "node:test";
import { seatbeltProfile } from "#tools/shell/seatbelt.ts";

const plan = {
  cwd: '/Users/me/my "app"',
  scratch: { tmp: "/private/var/t/tmp", outputs: "/private/var/t/outputs", emptyFile: "/private/var/t/empty" },
  network: false,
  home: "/Users/me",
  hide: [],
  isRoot: false,
};

test("denies by default, quotes paths, and what is denied within the folder comes after what allows it", () => {
  const lines = seatbeltProfile(plan, [{ path: "/Users/me/.ssh", isFolder: true }]).split("\n");
  assert.deepEqual(lines.slice(0, 2), ["(version 1)", "(deny default)"]);
  const cwd = String.raw`/Users/me/my \"app\"`;
  const allowed = lines.indexOf(`(allow file-write* (subpath "${cwd}") (subpath "/private/var/t/tmp"))`);
  const hooks = lines.findIndex((line) => line.startsWith("(deny file-write*") && line.includes(`(subpath "${cwd}/.git/hooks")`));
  assert.ok(allowed > 1 && hooks > allowed);
  assert.ok(lines.indexOf('(deny file-read* file-write* (subpath "/Users/me/.ssh"))') > allowed);
});

test("every rule is closed", () => {
  for (const network of [true, false]) {
    for (const line of seatbeltProfile({ ...plan, network }, []).split("\n")) {
      const bare = line.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
      assert.match(bare, /^\(.*\)$/);
      assert.equal(bare.split("(").length, bare.split(")").length, line);
    }
  }
});

test("speaks of the network only where it is allowed", () => {
  assert.equal(seatbeltProfile(plan, []).includes("network"), false);
  assert.ok(seatbeltProfile({ ...plan, network: true }, []).includes("(allow network-outbound (remote ip))"));
});

test("a working folder within a hidden one stays open", () => {
  const secrets = [{ path: "/Users/me/.factory", isFolder: true }];
  const profile = seatbeltProfile({ ...plan, cwd: "/Users/me/.factory/work" }, secrets);
  assert.ok(profile.endsWith('(allow file-read* file-write* (subpath "/Users/me/.factory/work"))'));
});
