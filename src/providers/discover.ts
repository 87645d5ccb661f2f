import { asArray, asObject, asString, isObject, parseJson } from "#base/json.ts";
import { callHttp, HttpError, readText } from "#base/http.ts";
import { ModelError } from "#model/error.ts";
import type { Target } from "#providers/resolve.ts";
import { errorFromAnswer } from "#wires/answer-error.ts";
import { toModelError } from "#wires/transport-error.ts";
import { loadWire, type WireName } from "#wires/wire.ts";

/** Most of a list that is read, in bytes. */
const LIST_LIMIT = 8 * 1024 * 1024;

const LIMITS = { connectMs: 3000, headersMs: 3000, idleMs: 3000 };

/**
 * The ids of the models that the provider lists, in its order, without doubles. Reads the first page. Throws `ModelError`.
 */
export async function listModels(target: Target, signal: AbortSignal): Promise<readonly string[]> {
  const { ending, list, read } = LISTS[target.wire];
  const chatUrl = (await loadWire(target.wire)).url(target.baseUrl, { model: "", stream: false, quirks: target.quirks });
  const url = new URL(chatUrl);
  url.pathname = url.pathname.replace(ending, list);
  const headers = { ...target.headers, ...(target.wire === "anthropic-messages" ? { "anthropic-version": "2023-06-01" } : {}) };
  try {
    const answer = await callHttp({ method: "GET", url: url.href, headers, limits: LIMITS, signal });
    const body = await readText(answer.body, LIST_LIMIT);
    if (answer.status >= 300) throw errorFromAnswer({ ...answer, body });
    return [...new Set(read(parseJson(body)))];
  } catch (error) {
    throw error instanceof HttpError
      ? toModelError(error, {
          provider: target.provider,
          providerName: target.row.name,
          baseUrl: target.baseUrl,
          secrets: target.key === null ? [] : [target.key.value],
        })
      : error;
  }
}

/** Why a list could not be had, in one sentence. */
export const printListProblem = (provider: string, error: unknown): string =>
  `The models of ${provider} could not be listed (${error instanceof ModelError ? error.kind : "no answer"}): check the name at the provider.`;

const ids =
  (list: string, id: string) =>
  (body: unknown): readonly string[] => {
    const entries = Array.isArray(body) ? body : asArray(asObject(body)?.[list]);
    return (entries ?? []).flatMap((entry) => (isObject(entry) ? (asString(entry[id]) ?? []) : []));
  };

/** Where a wire lists its models, as a change to the URL of its chat call. */
type List = { readonly ending: RegExp; readonly list: string; readonly read: (body: unknown) => readonly string[] };

const LISTS: Readonly<Record<WireName, List>> = {
  "openai-chat": { ending: /\/chat\/completions$/, list: "/models", read: ids("data", "id") },
  "anthropic-messages": { ending: /\/messages$/, list: "/models", read: ids("data", "id") },
  "ollama-chat": { ending: /\/chat$/, list: "/tags", read: ids("models", "name") },
};
