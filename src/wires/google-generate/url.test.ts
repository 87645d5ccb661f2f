import assert from "node:assert/strict";
import { test } from "node:test";
import { generateUrl } from "#wires/google-generate/url.ts";

const VERTEX = "https://aiplatform.googleapis.com/v1/projects/p/locations/global/publishers/google";
const STREAM = ":streamGenerateContent?alt=sse";

const URLS: readonly (readonly [base: string, model: string, url: string])[] = [
  ["https://host", "gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/", "models/gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta", "gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta//", "tunedModels/mine", `https://host/v1beta/tunedModels/mine${STREAM}`],
  ["https://host/v1", "gemini-x", `https://host/v1/models/gemini-x${STREAM}`],
  ["https://host/v1alpha", "gemini-x", `https://host/v1alpha/models/gemini-x${STREAM}`],
  ["https://host/inference/google/v1beta", "gemini-x", `https://host/inference/google/v1beta/models/gemini-x${STREAM}`],
  ["https://host/gemini", "gemini-x", `https://host/gemini/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta/openai/", "gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta/models", "gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta/models/other", "gemini-x", `https://host/v1beta/models/other${STREAM}`],
  ["https://host/v1beta/models/other:generateContent", "gemini-x", `https://host/v1beta/models/other${STREAM}`],
  [VERTEX, "gemini-x", `${VERTEX}/models/gemini-x${STREAM}`],
  [VERTEX, "publishers/google/models/gemini-x", `${VERTEX}/models/gemini-x${STREAM}`],
  ["https://host/v1/projects/p/locations/l/endpoints/123", "123", `https://host/v1/projects/p/locations/l/endpoints/123${STREAM}`],
  ["https://host/v1beta?key=k#top", "gemini-x", "https://host/v1beta/models/gemini-x:streamGenerateContent?key=k&alt=sse"],
  ["https://host/v1beta?alt=sse", "gemini-x", `https://host/v1beta/models/gemini-x${STREAM}`],
  ["https://host/v1beta", "a b/c:d", `https://host/v1beta/models/a%20b%2Fc%3Ad${STREAM}`],
];

for (const [base, model, url] of URLS) {
  test(`google-generate url of ${model} at ${base}`, () => {
    assert.equal(generateUrl(base, { model, stream: true }), url);
  });
}

test("google-generate url without a stream", () => {
  const whole = (base: string) => generateUrl(base, { model: "m", stream: false });
  assert.equal(whole("https://host"), "https://host/v1beta/models/m:generateContent");
  assert.equal(whole("https://host/v1beta/models/m:streamGenerateContent?alt=sse"), "https://host/v1beta/models/m:generateContent");
  assert.equal(whole("https://host/v1beta?alt=sse&key=k"), "https://host/v1beta/models/m:generateContent?key=k");
  assert.equal(whole("https://host/v1beta?key=k&alt=sse"), "https://host/v1beta/models/m:generateContent?key=k");
});
