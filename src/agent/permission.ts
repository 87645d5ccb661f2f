import type { Access, ShellMode } from "#tools/tool.ts";

/** What may run unasked: reading; reading, edits in the working folder and sandboxed shell; everything. */
export const AUTO_LEVELS = ["none", "edit", "all"] as const;
export type AutoLevel = (typeof AUTO_LEVELS)[number];

/** Whether a tool of this access may run. A refusal is worded for the model and names the way out. */
export type Permit = (access: Access) => { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

export const permitFor =
  (auto: AutoLevel): Permit =>
  (access) =>
    ALLOWED[auto].includes(access)
      ? { allowed: true }
      : {
          allowed: false,
          reason: `Not permitted: only reading is allowed in this run (--auto ${auto}). The user can allow it with --auto edit or --auto all.`,
        };

/** What the user can do after something was not permitted. */
export const PERMISSION_ADVICE: Readonly<Record<AutoLevel, string>> = {
  none: "Allow more with --auto edit or --auto all.",
  edit: "Commands need a sandbox: install bubblewrap (package `bubblewrap`), or let them run without one with --auto all.",
  all: "Give the task to a user who may do it.",
};

const ALLOWED: Readonly<Record<AutoLevel, readonly Access[]>> = {
  none: ["read"],
  edit: ["read", "edit", "shell"],
  all: ["read", "edit", "shell"],
};

export const shellModeFor = (auto: AutoLevel, network: boolean): ShellMode =>
  auto === "all" ? { kind: "open" } : { kind: "sandbox", network };
