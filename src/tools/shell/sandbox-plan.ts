import type { Scratch } from "#tools/shell/scratch.ts";

/** What a sandboxed command may do. Paths are absolute with symbolic links resolved. */
export type SandboxPlan = {
  /** Writable, but for what git would run from it. */
  readonly cwd: string;
  readonly scratch: Scratch;
  readonly network: boolean;
  /** Its keys, logins and histories are hidden. */
  readonly home: string;
  /** Absolute paths to hide as well. */
  readonly hide: readonly string[];
  readonly isRoot: boolean;
};
