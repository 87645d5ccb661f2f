import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { asString, isObject, parseJson } from "#base/json.ts";
import type { CloudAround, CloudLogin } from "#providers/login/cloud-chain.ts";

/** Bedrock's own key, then a profile that was chosen, keys in the environment, the default profile, a container's or a workload's role. */
export async function readAwsChain(around: CloudAround): Promise<CloudLogin> {
  const { env } = around;
  if (env["AWS_BEARER_TOKEN_BEDROCK"]) return found("a Bedrock API key in AWS_BEARER_TOKEN_BEDROCK");
  const chosen = env["AWS_PROFILE"];
  if (!chosen && env["AWS_ACCESS_KEY_ID"] && env["AWS_SECRET_ACCESS_KEY"])
    return found("keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  const profile = await readProfile(chosen || "default", around);
  if (profile !== undefined) return profile;
  if (chosen)
    return {
      ok: false,
      why: `AWS_PROFILE names ${chosen}, and there is no such profile`,
      todo: `Run \`aws configure sso --profile ${chosen}\`.`,
    };
  const role = ROLE_VARIABLES.find((name) => env[name]);
  if (role !== undefined) return found(`the role that ${role} names`);
  return {
    ok: false,
    why: "there is no key, no profile and no role",
    todo: "Run `aws configure sso`, then `aws sso login`; or set AWS_BEARER_TOKEN_BEDROCK to a Bedrock API key.",
  };
}

const found = (what: string): CloudLogin => ({ ok: true, found: what });

const ROLE_VARIABLES = ["AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

async function readProfile(name: string, around: CloudAround): Promise<CloudLogin | undefined> {
  const { env, home } = around;
  const keys = await readIni(env["AWS_SHARED_CREDENTIALS_FILE"] || join(home, ".aws", "credentials"));
  const config = await readIni(env["AWS_CONFIG_FILE"] || join(home, ".aws", "config"));
  const settings = { ...(config.get(`profile ${name}`) ?? (name === "default" ? config.get("default") : undefined)), ...keys.get(name) };
  const session = settings["sso_session"];
  const startUrl = settings["sso_start_url"] ?? config.get(`sso-session ${session ?? ""}`)?.["sso_start_url"];
  const region = env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? settings["region"];
  const where = `profile ${name}, ${region === undefined ? "no region: set AWS_REGION" : `region ${region}`}`;
  if (startUrl !== undefined) {
    const endsAt = await ssoEnd(startUrl, home);
    if (endsAt !== undefined && endsAt > around.now) return found(`${where}, SSO until ${new Date(endsAt).toISOString()}`);
    const why = `the SSO session of profile ${name} ${endsAt === undefined ? "was not started" : "has ended"}`;
    return { ok: false, why, todo: `Run \`aws sso login --profile ${name}\`.` };
  }
  if (settings["aws_access_key_id"] !== undefined) return found(`${where}, with keys of its own`);
  if (settings["role_arn"] !== undefined) return found(`${where}, by a role`);
  if (settings["credential_process"] !== undefined) return found(`${where}, by a program`);
  return undefined;
}

/** When the cached SSO session for that address ends: the latest of all, in milliseconds since 1970. */
async function ssoEnd(startUrl: string, home: string): Promise<number | undefined> {
  const folder = join(home, ".aws", "sso", "cache");
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json")).slice(0, CACHE_LIMIT);
  const ends: number[] = [];
  for (const name of names) {
    const content = parseJson(await readFile(join(folder, name), "utf8").catch(() => ""));
    if (!isObject(content) || content["startUrl"] !== startUrl || typeof content["accessToken"] !== "string") continue;
    // Older tools write `2026-11-20T17:00:00UTC`.
    const end = Date.parse((asString(content["expiresAt"]) ?? "").replace(/UTC$/, "Z"));
    if (Number.isFinite(end)) ends.push(end);
  }
  return ends.length === 0 ? undefined : Math.max(...ends);
}

/** Most files of the cache that are read. */
const CACHE_LIMIT = 200;

type Sections = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** Empty where there is no such file. */
async function readIni(path: string): Promise<Sections> {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> = {};
  for (const line of (await readFile(path, "utf8").catch(() => "")).split(/\r?\n/)) {
    const title = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim().replaceAll(/\s+/g, " ");
    const [, name, value] = /^([\w.-]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (title !== undefined) {
      current = sections.get(title) ?? {};
      sections.set(title, current);
    } else if (name !== undefined && value !== undefined) current[name] = value.trim();
  }
  return sections;
}
