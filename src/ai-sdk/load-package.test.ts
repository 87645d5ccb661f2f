import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { loadAiSdkPackage } from "#ai-sdk/load-package.ts";

type Files = Readonly<Record<string, string>>;

/** A temporary folder with these files. */
async function folderWith(t: TestContext, files: Files): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "factory-ai-sdk-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

const model = (version: string, extra = "") =>
  `(modelId) => ({ specificationVersion: "${version}", provider: "acme", modelId, supportedUrls: {}, ` +
  `doGenerate() {}, doStream() {}, ${extra} })`;

const packaged = (name: string, source: string, manifest: object = { exports: { ".": { import: "./dist/a.mjs" } } }): Files => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: "9.8.7", ...manifest }),
  [`node_modules/${name}/dist/a.mjs`]: source,
});

const open = (packageName: string, ...from: readonly string[]) =>
  loadAiSdkPackage({ packageName, modelId: "m-1", settings: { apiKey: "sk-very-secret-key-1", baseURL: "http://127.0.0.1:9/v1" }, from });

async function refuses(opened: Promise<unknown>, message: RegExp, advice: RegExp): Promise<void> {
  await assert.rejects(opened, (error) => {
    assert.ok(error instanceof UsageError, String(error));
    assert.match(error.message, message);
    assert.match(error.advice, advice);
    assert.doesNotMatch(error.message, /very-secret/);
    return true;
  });
}

test("the factory of the package's own name is called with the settings", async (t) => {
  const source = `export const createOther = () => { throw new Error("wrong one"); };
    export const createAcMe = (settings) => ${model("v4", "settings")};`;
  const folder = await folderWith(t, packaged("@x/ac-me", source));
  const opened = await open("@x/ac-me", folder);
  assert.equal(opened.modelId, "m-1");
  assert.deepEqual("settings" in opened && opened.settings, { apiKey: "sk-very-secret-key-1", baseURL: "http://127.0.0.1:9/v1" });
});

test("a ready-made provider, and main in place of exports", async (t) => {
  const folder = await folderWith(t, packaged("acme", `export const acme = { languageModel: ${model("v4")} };`, { main: "dist/a.mjs" }));
  assert.equal((await open("acme", folder)).provider, "acme");
});

test("folders are searched in their order, with those above them", async (t) => {
  const first = await folderWith(t, { "a/b/package.json": "{}", ...packaged("near", `export const createNear = () => ${model("v4")};`) });
  const second = await folderWith(t, packaged("far", `export const createFar = () => ${model("v4")};`));
  assert.equal((await open("near", join(first, "a/b"), second)).modelId, "m-1");
  assert.equal((await open("far", join(first, "a/b"), second)).modelId, "m-1");
});

test("a package of the AI SDK that is really installed", async () => {
  const opened = await open("@ai-sdk/openai-compatible", import.meta.dirname);
  assert.equal(opened.specificationVersion, "v4");
  assert.equal((await open("@ai-sdk/google", import.meta.dirname)).modelId, "m-1");
  assert.equal((await open("@ai-sdk/amazon-bedrock", import.meta.dirname)).modelId, "m-1");
});

const NOT_NAMES = [
  "",
  "./x",
  "../x",
  "/etc/x",
  "https://host/x",
  "file:///x",
  "node:fs",
  "@x",
  "@x/y/z",
  "x/y",
  "x@1",
  "a\\b",
  "x y",
  "x".repeat(300),
];

test("only bare names of npm packages are loaded", async (t) => {
  const folder = await folderWith(t, {});
  for (const name of NOT_NAMES) await refuses(open(name, folder), /is no name of an npm package/, /bare name/);
});

test("each way to fail says what to do", async (t) => {
  const folder = await folderWith(t, {
    ...packaged("old", `export const createOld = () => ${model("v2")};`),
    ...packaged("empty", `export const version = 1;`),
    ...packaged("nothing", `export const createNothing = () => () => undefined;`),
    ...packaged("half", `export const createHalf = () => () => ({ specificationVersion: "v4" });`),
    ...packaged("strict", `export const createStrict = ({ apiKey }) => { throw new Error("bad key " + apiKey); };`),
    ...packaged("broken", `import "not-there-at-all";`),
    ...packaged("outside", "", { exports: "../../../evil.mjs" }),
  });
  await refuses(open("missing", folder), /missing is not installed \(looked in/, /npm install missing/);
  await refuses(open("old", folder), /old@9\.8\.7 speaks .* v2 \(AI SDK 5\); factory speaks v4 \(AI SDK 7\)/, /npm install old@latest/);
  await refuses(open("empty", folder), /empty@9\.8\.7 has no provider/, /create…/);
  await refuses(open("nothing", folder), /something else than a language model/, /provider package/);
  await refuses(open("half", folder), /no complete language model/, /npm install/);
  await refuses(open("strict", folder), /could not make the model: bad key \*\*\*/, /Check the provider's entry/);
  await refuses(open("broken", folder), /broken@9\.8\.7 cannot be loaded: .*not-there-at-all/, /npm install broken/);
  await refuses(open("outside", folder), /lies outside of it/, /npm install/);
});
