import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { asString, isObject, parseJson } from "#base/json.ts";
import type { CloudAround, CloudLogin } from "#providers/login/cloud-chain.ts";

/** Application default credentials: the file that a variable names, else the one that gcloud writes. */
export async function readGoogleChain({ env, home }: CloudAround): Promise<CloudLogin> {
  const named = env["GOOGLE_APPLICATION_CREDENTIALS"];
  const folder = env["CLOUDSDK_CONFIG"] || (env["APPDATA"] ? join(env["APPDATA"], "gcloud") : join(home, ".config", "gcloud"));
  const path = named || join(folder, "application_default_credentials.json");
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined && named) {
    return {
      ok: false,
      why: `GOOGLE_APPLICATION_CREDENTIALS names ${path}, which cannot be read`,
      todo: `Correct it, or unset it and run \`${LOGIN}\`.`,
    };
  }
  if (text === undefined)
    return { ok: false, why: `there is no ${path}`, todo: `Run \`${LOGIN}\`. On Google Cloud the machine's own account is used.` };
  const content = parseJson(text);
  const type = isObject(content) ? asString(content["type"]) : undefined;
  if (!isObject(content) || type === undefined || !KNOWN.has(type)) {
    return { ok: false, why: `${path} holds no credentials that are known here`, todo: `Run \`${LOGIN}\`.` };
  }
  const who = asString(content["client_email"]) ?? asString(content["account"]);
  const project =
    PROJECT_VARIABLES.map((name) => env[name]).find(Boolean) ?? asString(content["quota_project_id"]) ?? asString(content["project_id"]);
  const words = [
    type.replaceAll("_", " "),
    who ? `of ${who}` : "",
    `in ${path}`,
    project ? `project ${project}` : "no project: set GOOGLE_CLOUD_PROJECT",
  ];
  return { ok: true, found: words.filter(Boolean).join(", ") };
}

const LOGIN = "gcloud auth application-default login";
const PROJECT_VARIABLES = ["GOOGLE_CLOUD_PROJECT", "GOOGLE_VERTEX_PROJECT", "GCLOUD_PROJECT"];
const KNOWN: ReadonlySet<string> = new Set(["authorized_user", "service_account", "external_account", "impersonated_service_account"]);
