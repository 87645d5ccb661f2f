import { homedir } from "node:os";
import { join } from "node:path";

export type Env = Readonly<Record<string, string | undefined>>;

/** The user's own folder: `FACTORY_HOME`, else `~/.factory`. */
const factoryHome = (env: Env): string => env["FACTORY_HOME"] || join(env["HOME"] || homedir(), ".factory");

export const sessionsFolder = (env: Env): string => join(factoryHome(env), "sessions");
