import { existsSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Bench, Line, Place } from "#bench/bench.ts";
import { runTimed } from "#bench/child.ts";
import { piPackage } from "#bench/peers.ts";

export const size: Bench = {
  name: "size",
  title: "Size",
  note: "What `npm pack ./dist` packs, and what its installation puts on the disk with everything it depends on (sum of the files' bytes).",
  async measure(place) {
    const { root, folder, env } = place;
    const dist = join(folder, "size-dist");
    const run = (program: string, args: readonly string[]) => runTimed({ program, args, cwd: root, env });
    run(process.execPath, ["scripts/build.ts", dist]);
    run("npm", ["pack", dist, "--pack-destination", folder, "--ignore-scripts"]);
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (tarball === undefined) throw new Error("npm pack wrote no tarball");
    const path = join(folder, tarball);
    const installed = installedMb(place, path);
    const lines: Line[] = [
      { what: "factory: tarball", unit: "MB", samples: [toMb(lstatSync(path).size)] },
      { what: "factory: installed", unit: "MB", samples: [installed], goal: { atMost: 25, of: "median" } },
    ];
    if (place.peers === null) return lines;
    const pi = piPackage(place.peers);
    return [...lines, { what: `${pi}: installed`, unit: "MB", samples: [installedMb(place, pi)], base: [installed] }];
  },
};

/** Installs it into a folder of its own, as a user would, and weighs that. Scripts stay out: they may fetch. */
function installedMb({ folder, env }: Place, what: string): number {
  const prefix = join(folder, `installed-${readdirSync(folder).length}`);
  mkdirSync(prefix);
  const args = ["install", what, "--prefix", prefix, "--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  runTimed({ program: "npm", args, cwd: folder, env });
  const modules = join(prefix, "node_modules");
  if (!existsSync(modules)) throw new Error(`npm installed nothing of ${what}`);
  const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return toMb(files.reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0));
}

const toMb = (bytes: number): number => bytes / 1024 / 1024;
