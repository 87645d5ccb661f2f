import { callHttp, HttpError, readText } from "#base/http.ts";
import { asArray, asObject, asString, isObject, parseJson } from "#base/json.ts";
import { loadWire } from "#wires/load-wire.ts";
import type { LocalServer } from "#app/local-servers.ts";
import type { Env } from "#app/home.ts";

/** How many tokens a server gives a model. `source`: what says so. `mostTokens`: what the model could take; null where it is not told. */
export type Window = { readonly model: string; readonly tokens: number; readonly source: string; readonly mostTokens: number | null };

/** So many models are looked at. */
const MOST_MODELS = 4;
const LIMITS = { connectMs: 2000, headersMs: 2500, idleMs: 2500 };
const ANSWER_BYTES = 4 * 1024 * 1024;
/** What Ollama gives a model where nothing says more. */
const USUAL_TOKENS = 4096;

/**
 * The windows that an Ollama server really gives its models: of a loaded model its own word, else `num_ctx` of its Modelfile, else
 * OLLAMA_CONTEXT_LENGTH, else Ollama's default. Servers of other wires fix the window when they start and tell it nowhere alike: none.
 */
export async function findWindows({ target, models, problem }: LocalServer, env: Env, signal: AbortSignal): Promise<readonly Window[]> {
  if (target.wire !== "ollama-chat" || problem !== null) return [];
  const chatUrl = (await loadWire(target.wire)).url(target.baseUrl, { model: "", stream: false, quirks: target.quirks });
  const ask = async (path: string, body?: string): Promise<unknown> => {
    const url = chatUrl.replace(/\/chat$/, path);
    const call = { url, headers: { "content-type": "application/json" }, proxy: target.proxy, limits: LIMITS, signal };
    const answer = await callHttp(body === undefined ? { ...call, method: "GET" } : { ...call, method: "POST", body });
    return answer.status === 200 ? parseJson(await readText(answer.body, ANSWER_BYTES)) : undefined;
  };
  try {
    const loaded = asArray(asObject(await ask("/ps"))?.["models"]) ?? [];
    const shown = models.slice(0, MOST_MODELS);
    return await Promise.all(
      shown.map(async (model) => windowOf(model, { loaded, env, card: await ask("/show", JSON.stringify({ model })) })),
    );
  } catch (error) {
    // A server that lists its models but tells no more about them is not at fault.
    if (error instanceof HttpError) return [];
    throw error;
  }
}

type Told = { readonly loaded: readonly unknown[]; readonly env: Env; readonly card: unknown };

function windowOf(model: string, { loaded, env, card }: Told): Window {
  const info = asObject(asObject(card)?.["model_info"]) ?? {};
  const mostTokens = positive(Object.entries(info).find(([name]) => name.endsWith(".context_length"))?.[1]) ?? null;
  const running = loaded.find((each) => isObject(each) && each["name"] === model);
  const now = positive(asObject(running)?.["context_length"]);
  if (now !== undefined) return { model, tokens: now, source: "loaded so", mostTokens };
  const parameters = asString(asObject(card)?.["parameters"]) ?? "";
  const fixed = positive(Number(/^num_ctx\s+(\d+)/m.exec(parameters)?.[1]));
  if (fixed !== undefined) return { model, tokens: fixed, source: "num_ctx", mostTokens };
  const set = positive(Number(env["OLLAMA_CONTEXT_LENGTH"]));
  if (set !== undefined) return { model, tokens: Math.min(set, mostTokens ?? set), source: "OLLAMA_CONTEXT_LENGTH", mostTokens };
  return { model, tokens: Math.min(USUAL_TOKENS, mostTokens ?? USUAL_TOKENS), source: "the usual default; not loaded", mostTokens };
}

const positive = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);
