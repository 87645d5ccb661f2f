import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, parseJson } from "#base/json.ts";

/** The programs that we are measured against. */
export type Peers = {
  /** `bench/peers`, installed. */
  readonly folder: string;
  /** Package name to version. */
  readonly versions: Readonly<Record<string, string>>;
};

const PI = "@earendil-works/pi-coding-agent";
const INSTALL_LIMIT_MS = 300_000;
/** One try tells whether there is a network; npm would go on for minutes. */
const INSTALL_FLAGS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=500",
  "--fetch-timeout=60000",
];

/** Installs the peers where they are missing. Null where that fails: then ours is measured alone. */
export function findPeers(root: string, say: (line: string) => void): Peers | null {
  const folder = join(root, "bench", "peers");
  const versions = dependenciesOf(join(folder, "package.json"));
  const isCurrent = () => Object.entries(versions).every(([name, version]) => versionOf(join(folder, "node_modules", name)) === version);
  if (!isCurrent()) {
    say("installing the peers into bench/peers (once, about 250 MB) …");
    try {
      execFileSync("npm", ["ci", ...INSTALL_FLAGS], { cwd: folder, stdio: "pipe", timeout: INSTALL_LIMIT_MS });
    } catch {
      say("the peers are missing and npm could not fetch them (no network?): ours is measured alone");
      return null;
    }
  }
  return { folder, versions };
}

/** The program of pi, to be run with Node. */
export function piProgram(peers: Peers): string {
  const folder = join(peers.folder, "node_modules", PI);
  const manifest = readManifest(join(folder, "package.json"));
  const bin = isObject(manifest["bin"]) ? manifest["bin"]["pi"] : undefined;
  if (typeof bin !== "string") throw new Error(`${PI} has no program named pi`);
  return join(folder, bin);
}

/** `name@version` of pi, as npm takes it. */
export const piPackage = (peers: Peers): string => `${PI}@${peers.versions[PI] ?? "latest"}`;

function dependenciesOf(file: string): Readonly<Record<string, string>> {
  const { dependencies } = readManifest(file);
  return Object.fromEntries(Object.entries(isObject(dependencies) ? dependencies : {}).map(([name, version]) => [name, String(version)]));
}

function versionOf(folder: string): unknown {
  const file = join(folder, "package.json");
  return existsSync(file) ? readManifest(file)["version"] : undefined;
}

function readManifest(file: string): Readonly<Record<string, unknown>> {
  const value = parseJson(readFileSync(file, "utf8"));
  return isObject(value) ? value : {};
}
