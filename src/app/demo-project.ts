import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Env } from "#app/home.ts";

/** The demo's task, as a user would put it. */
export const DEMO_TASK = "The test in test/cart.test.js fails. Find out why, fix the code, and show that the test passes.";

const FILES: Readonly<Record<string, string>> = {
  "package.json": `{ "name": "cart", "type": "module", "exports": "./src/cart.js", "scripts": { "test": "node --test" } }\n`,
  "src/cart.js": `/** The price of all items together. */
export function total(items) {
  let sum = 0;
  for (let i = 1; i < items.length; i += 1) {
    sum += items[i].price * items[i].quantity;
  }
  return sum;
}
`,
  "test/cart.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { total } from "cart";

test("the total counts every item", () => {
  const items = [
    { price: 10, quantity: 1 },
    { price: 5, quantity: 4 },
  ];
  assert.equal(total(items), 30);
});
`,
};

/** `folder` holds the project, `home` the record of the demo; both lie in `root`. */
export type DemoPlace = { readonly root: string; readonly folder: string; readonly home: string };

/** Creates the project in a new temporary folder. */
export function createDemoProject(): DemoPlace {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "factory-demo-")));
  const folder = join(root, "cart");
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { root, folder, home: join(root, "home") };
}

/** The environment of the demo: the project's `node` is the one that runs factory, and nothing is kept in the user's own folder. */
export const demoEnv = (env: Env, home: string): Env => ({
  ...env,
  FACTORY_HOME: home,
  PATH: [dirname(process.execPath), env["PATH"] ?? ""].join(delimiter),
});

export type TestRun = { readonly passed: boolean; readonly output: string };

/** Most time that the demo's tests may take, in ms. */
const TEST_LIMIT_MS = 20_000;

/** Runs the project's tests. */
export function runDemoTests(folder: string, env: Env, signal: AbortSignal): Promise<TestRun> {
  return new Promise((resolve) => {
    // Inside a test run, node:test tells its children to report to it.
    const { NODE_TEST_CONTEXT: _, ...rest } = env;
    const child = spawn(process.execPath, ["--test", "--test-reporter=spec"], {
      cwd: folder,
      env: { ...rest, NO_COLOR: "1" },
      signal,
      timeout: TEST_LIMIT_MS,
    });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => resolve({ passed: false, output: error.message }));
    child.once("close", (code) => resolve({ passed: code === 0, output: Buffer.concat(chunks).toString("utf8") }));
  });
}
