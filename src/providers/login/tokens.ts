import { asNumber, asObject, asString, isObject, parseJson } from "#base/json.ts";
import type { Credentials } from "#providers/login/login.ts";

type Tokens = Pick<Credentials, "access" | "refresh" | "expiresAt">;

/** The tokens of an OAuth answer; `undefined` where it has none. `now` in milliseconds since 1970. */
export function readTokens(body: Readonly<Record<string, unknown>>, now: number): Tokens | undefined {
  const access = asString(body["access_token"]);
  if (access === undefined || access === "") return undefined;
  const refresh = asString(body["refresh_token"]);
  const lifeS = toNumber(body["expires_in"]);
  return {
    access,
    ...(refresh === undefined || refresh === "" ? {} : { refresh }),
    ...(lifeS === undefined ? {} : { expiresAt: now + lifeS * 1000 }),
  };
}

/** A number, also where it is written as text. */
export const toNumber = (value: unknown): number | undefined =>
  asNumber(typeof value === "string" && value.trim() !== "" ? Number(value) : value);

/** What a JSON web token says of itself. Not verified: it came from its issuer over TLS, and only labels are read from it. */
export function claimsOf(token: unknown): Readonly<Record<string, unknown>> {
  const [, payload] = typeof token === "string" ? token.split(".") : [];
  const claims = payload === undefined ? undefined : parseJson(Buffer.from(payload, "base64url").toString("utf8"));
  return isObject(claims) ? claims : {};
}

/** Account and plan as OpenAI's tokens tell them. */
export function openAiLabels(...tokens: readonly unknown[]): {
  readonly email?: string;
  readonly plan?: string;
  readonly accountId?: string;
} {
  const claims = tokens.map(claimsOf);
  const find = (read: (each: Readonly<Record<string, unknown>>) => unknown) => claims.map((each) => asString(read(each))).find(Boolean);
  const auth = (each: Readonly<Record<string, unknown>>) => asObject(each["https://api.openai.com/auth"]);
  const email = find((each) => each["email"] ?? asObject(each["https://api.openai.com/profile"])?.["email"]);
  const plan = find((each) => auth(each)?.["chatgpt_plan_type"]);
  const accountId = find((each) => auth(each)?.["chatgpt_account_id"]);
  return { ...(email && { email }), ...(plan && { plan }), ...(accountId && { accountId }) };
}
