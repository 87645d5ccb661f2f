import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { resolveInside, resolveWritable } from "#tools/files/inside.ts";

let root = "";
let cwd = "";

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "inside-")));
  cwd = join(root, "work");
  await mkdir(join(cwd, "src"), { recursive: true });
  await mkdir(join(cwd, ".git"));
  await mkdir(join(root, "work-next"));
  await writeFile(join(cwd, "src/a.ts"), "a");
  await writeFile(join(root, "secret"), "s");
  await symlink(join(root, "secret"), join(cwd, "out-file"));
  await symlink(root, join(cwd, "out-folder"));
  await symlink(join(root, "not-yet"), join(cwd, "dangling-out"));
  await symlink("src/not-yet", join(cwd, "dangling-in"));
  await symlink("dangling-out", join(cwd, "dangling-twice"));
  await symlink("../work/src", join(cwd, "in-folder"));
  await symlink("circle-b", join(cwd, "circle-a"));
  await symlink("circle-a", join(cwd, "circle-b"));
  await symlink(".git", join(cwd, "git-link"));
});
after(() => rm(root, { recursive: true }));

const reached: readonly (readonly [path: string, shown: string])[] = [
  ["src/a.ts", "src/a.ts"],
  ["./src/../src/a.ts", "src/a.ts"],
  ["src/new/deep/b.ts", "src/new/deep/b.ts"],
  [".", "."],
  ["in-folder/a.ts", "src/a.ts"],
  ["in-folder/new.ts", "src/new.ts"],
  ["dangling-in", "src/not-yet"],
  ["..hidden", "..hidden"],
  ["~/x", "~/x"],
];
for (const [path, shown] of reached) {
  test(`${path} lies inside`, async () => {
    assert.deepEqual(await resolveInside(cwd, path), { inside: true, path: shown === "." ? cwd : join(cwd, shown), shown });
  });
}

test("an absolute path inside is taken", async () => {
  assert.deepEqual(await resolveInside(cwd, join(cwd, "x")), { inside: true, path: join(cwd, "x"), shown: "x" });
});

const refused = [
  "..",
  "../secret",
  "../work-next/x",
  "src/../../secret",
  "/etc/passwd",
  "/",
  "/dev/null",
  "out-file",
  "out-folder/secret",
  "out-folder/new/x",
  "out-folder/work/../secret",
  "dangling-out",
  "dangling-twice",
  "circle-a",
  "circle-a/x",
  "src/a.ts/below",
  "nul\0byte",
];
for (const path of refused) {
  test(`${JSON.stringify(path)} is refused`, async () => {
    const place = await resolveInside(cwd, path);
    assert.equal(place.inside, false);
    assert.ok(place.reason.length > 20);
  });
}

test("the reason names the working folder", async () => {
  const place = await resolveInside(cwd, "../secret");
  assert.ok(!place.inside && place.reason.includes(cwd));
});

for (const path of [".git", ".git/config", ".GIT/hooks/pre-commit", "sub/.git/config", "git-link/config"]) {
  test(`${path} is not written`, async () => {
    assert.equal((await resolveWritable(cwd, path)).inside, false);
    assert.equal((await resolveInside(cwd, path)).inside, true);
  });
}

test("names that only resemble git's are written", async () => {
  assert.equal((await resolveWritable(cwd, ".gitignore")).inside, true);
  assert.equal((await resolveWritable(cwd, ".github/x.yml")).inside, true);
});
