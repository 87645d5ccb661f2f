import type { WireTarget } from "#wires/wire.ts";

/**
 * A base that ends in a version (`/v1beta`) or a publisher (`…/publishers/google`) gets `/models/{model}:method`, every other gets
 * `/v1beta` first. A complete URL keeps its model; its method becomes the one that is needed. The query stays, and `alt=sse` joins it for
 * streams.
 */
export function generateUrl(baseUrl: string, target: Pick<WireTarget, "model" | "stream">): string {
  const end = baseUrl.search(/[?#]|$/);
  const base = baseUrl.slice(0, end).trim().replace(/\/+$/, "");
  const query = baseUrl.slice(end).replace(/#.*/s, "");
  const method = target.stream ? "streamGenerateContent" : "generateContent";
  return `${modelUrl(base, target.model)}:${method}${withAlt(query, target.stream)}`;
}

function modelUrl(base: string, model: string): string {
  const complete = /^(.*\/(?:models|tunedModels|endpoints)\/[^/:]+)(?::\w+)?$/s.exec(base)?.[1];
  if (complete !== undefined) return complete;
  // The address of the OpenAI surface lies below the native one.
  const root = base.replace(/\/openai(?:\/chat\/completions)?$/, "").replace(/\/models$/, "");
  const versioned = /\/v\d+(?:(?:alpha|beta)\d*)?$|\/publishers\/[^/]+$/.test(root);
  return `${versioned ? root : `${root}/v1beta`}/${modelPath(model)}`;
}

/** `gemini-x`, `models/gemini-x`, `tunedModels/x`, or a resource name that ends in one of these. */
function modelPath(model: string): string {
  const [, kind = "models", id = model] = /(?:^|\/)(models|tunedModels)\/([^/]+)$/.exec(model) ?? [];
  return `${kind}/${encodeURIComponent(id.toWellFormed())}`;
}

/** Without `alt=sse` the protocol streams a JSON array. */
function withAlt(query: string, stream: boolean): string {
  if (!stream) return query.replace(/([?&])alt=sse(&|$)/, (_, before: string, after: string) => (after === "&" ? before : ""));
  if (/[?&]alt=/.test(query)) return query;
  return query.length > 1 ? `${query}&alt=sse` : "?alt=sse";
}
