import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";

/** What the figures depend on, without a name of the machine or of a folder. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown CPU";
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GB`;
  const load = (loadavg()[0] ?? 0).toFixed(1);
  return `${platform()} ${release().split("-")[0]} ${arch()}, ${availableParallelism()} cores of ${model}, ${memory}; load ${load} at the start`;
}
