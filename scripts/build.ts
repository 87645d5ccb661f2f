import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { rolldown, type OutputChunk } from "rolldown";

/**
 * node scripts/build.ts [OUT]: writes the package that users install into OUT (default: dist). `npm pack ./dist` packs it.
 *
 *   package.json                no dependencies: what we use is bundled, its licences lie in THIRD-PARTY-LICENSES
 *   lib/cli/main.js             the program; every command and wire is a chunk of its own, loaded when it is used
 *   lib/index.js, types/        the library; lib/ai-sdk.js what lends models to the AI SDK
 *   lib/*.md, lib/*.json        the prompts and the catalogue, beside the chunks that read them
 */
async function build(out: string): Promise<void> {
  clear(out);
  const chunks = await bundle(join(out, "lib"));
  copyData(join(out, "lib"), chunks);
  writeTypes(join(out, "types"));
  for (const name of DOCUMENTS) cpSync(join(ROOT, name), join(out, name));
  writeFileSync(join(out, "THIRD-PARTY-LICENSES"), licencesOf(chunks));
  writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

const ROOT = resolve(import.meta.dirname, "..");
const DOCUMENTS = ["README.md", "LICENSE", "CHANGELOG.md", "docs/simulator.md"];
/** The program's place below `lib`. It looks for package.json two folders up, as it does in the source. */
const PROGRAM = "cli/main";
/** The oldest Node that runs the package. */
const OLDEST_NODE = "22.19";

/** Empties the folder. One that holds something else than an earlier build is left alone. */
function clear(out: string): void {
  if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, `lib/${PROGRAM}.js`))) {
    throw new Error(`${out} is not empty and no earlier build: name another folder, or remove it yourself`);
  }
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

async function bundle(folder: string): Promise<readonly OutputChunk[]> {
  await using bundler = await rolldown({
    cwd: ROOT,
    input: { [PROGRAM]: "src/cli/main.js", index: "src/index.ts", "ai-sdk": "src/ai-sdk/to-ai-sdk.ts" },
    platform: "node",
    transform: { target: `node${OLDEST_NODE}` },
    onLog: (level, log) => {
      if (level === "warn") throw new Error(`rolldown: ${log.message}`);
    },
  });
  const { output } = await bundler.write({
    dir: folder,
    format: "esm",
    entryFileNames: "[name].js",
    // Flat, so that one copy of each data file lies beside every chunk.
    chunkFileNames: "[name].js",
    comments: { legal: true, annotation: false, jsdoc: false },
    banner: ({ name }) => (name === PROGRAM ? "#!/usr/bin/env node" : ""),
  });
  chmodSync(join(folder, `${PROGRAM}.js`), 0o755);
  return output.filter((part) => part.type === "chunk");
}

/** Puts every file that the code names by `new URL("./x", import.meta.url)` where its chunk looks for it. */
function copyData(folder: string, chunks: readonly OutputChunk[]): void {
  for (const source of readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" })) {
    if (!DATA.test(source)) continue;
    const target = join(folder, basename(source));
    if (existsSync(target)) throw new Error(`src/${source}: another file has that name; the package keeps them in one folder`);
    cpSync(join(ROOT, "src", source), target);
  }
  for (const { fileName, code } of chunks) {
    for (const [, name = ""] of code.matchAll(/"(\.\/[^"]+\.(?:md|json))"/g)) {
      // A package's own manifest is part of its chunk.
      if (basename(name) !== "package.json" && !existsSync(join(folder, dirname(fileName), name)))
        throw new Error(`${fileName} reads ${name}, which is not packed`);
    }
  }
}

/** What the code reads at run time; the additions are read by the generator of the catalogue alone. */
const DATA = /\.md$|catalogue\/catalogue\.json$/;

/** Declarations of the library and of what they name, with imports that need no `imports` map. */
function writeTypes(folder: string): void {
  const whole = mkdtempSync(join(tmpdir(), "factory-types-"));
  try {
    execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "scripts/tsconfig.types.json", "--outDir", whole], {
      cwd: ROOT,
      stdio: "inherit",
    });
    const queue = ["index.d.ts", "ai-sdk/to-ai-sdk.d.ts"];
    // The queue grows while it is walked; each file is met once.
    for (const file of queue) {
      const text = readFileSync(join(whole, file), "utf8").replaceAll(/"#([^"]+)\.ts"/g, (_, name: string) => {
        if (!queue.includes(`${name}.d.ts`)) queue.push(`${name}.d.ts`);
        const path = relative(dirname(file), `${name}.js`);
        return `"${path.startsWith(".") ? path : `./${path}`}"`;
      });
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
  } finally {
    rmSync(whole, { recursive: true, force: true });
  }
}

/** The licences of the packages whose code is in the chunks. */
function licencesOf(chunks: readonly OutputChunk[]): string {
  const folders = new Set(
    chunks.flatMap(({ moduleIds }) => moduleIds.flatMap((id) => /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? [])),
  );
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license, author, repository } = readManifest(folder);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    // Some packages name their licence without its text.
    const text =
      file === undefined ? JSON.stringify({ license, author, repository }, null, 2) : readFileSync(join(folder, file), "utf8").trim();
    return `${String(name)} ${String(version)} (${String(license)})\n\n${text}\n`;
  });
  return ["factory contains code of these packages.\n", ...texts].join(`\n${"-".repeat(72)}\n\n`);
}

function manifest(): Readonly<Record<string, unknown>> {
  const { name, version, description, license } = readManifest(ROOT);
  return {
    name,
    version,
    description,
    license,
    type: "module",
    bin: { factory: `lib/${PROGRAM}.js` },
    exports: {
      ".": { types: "./types/index.d.ts", default: "./lib/index.js" },
      "./ai-sdk": { types: "./types/ai-sdk/to-ai-sdk.d.ts", default: "./lib/ai-sdk.js" },
      "./package.json": "./package.json",
    },
    engines: { node: `>=${OLDEST_NODE}` },
  };
}

function readManifest(folder: string): Readonly<Record<string, unknown>> {
  // A package.json is an object; what is read of it is only copied or printed.
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Readonly<Record<string, unknown>>;
}

const out = resolve(process.argv[2] ?? join(ROOT, "dist"));
await build(out);
process.stdout.write(`built ${relative(process.cwd(), out) || "."}\n`);
