import { enableCompileCache } from "node:module";

// Asked before anything else is loaded: `--version` shall cost no more than Node itself.
if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  const { readFileSync } = await import("node:fs");
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { readonly version: string };
  process.stdout.write(`factory ${version}\n`);
} else {
  enableCompileCache();
  const { runMain } = await import("#cli/run-main.ts");
  await runMain(process);
}
