// The one file that is plain JavaScript: a TypeScript file that is not in the compile cache makes Node load its compiler, which costs 20 ms and
// 20 MB. So the cache is switched on here, and `--version` needs no other file at all.
import { readFileSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// A key in the arguments would stand in the machine's list of processes; the title takes the arguments' place there.
if (process.argv.some((word) => /^(--token|-[a-z]*t)/.test(word))) process.title = "factory";

if (process.argv.length === 3 && (process.argv[2] === "--version" || process.argv[2] === "-V")) {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  process.stdout.write(`factory ${version}\n`);
} else {
  // In a folder of our own: what lies in a shared one could have been put there by somebody else.
  enableCompileCache(fileURLToPath(new URL("../../node_modules/.factory/compile-cache", import.meta.url)));
  const { runMain } = await import("#cli/run-main.ts");
  await runMain(process);
}
