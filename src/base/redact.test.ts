import assert from "node:assert/strict";
import { test } from "node:test";
import { redact } from "#base/redact.ts";

const SHAPED = [
  ["Incorrect API key provided: sk-proj-abcd1234efgh. Try", "Incorrect API key provided: sk-***"],
  ["Incorrect API key provided: sk-abcd********wxyz.", "Incorrect API key provided: sk-***"],
  ["x-api-key sk-ant-api03-AAAA_bbbb-cccc", "x-api-key sk-***"],
  ["key gsk_0123456789abcdef failed", "key gsk_*** failed"],
  ["API key AIzaSyA0123456789_abc-def not valid", "API key AIza*** not valid"],
  ["Authorization: Bearer abc.def-ghi_123", "Authorization: Bearer ***"],
  ["authorization: basic dXNlcjpwYXNz", "authorization: basic ***"],
  ["GET /v1beta/models?key=secretsecret&alt=sse", "GET /v1beta/models?key=***&alt=sse"],
  ['{"api_key":"0123456789abcdef"}', '{"api_key":"***"}'],
  ["proxy http://me:hunter22@proxy:3128 refused", "proxy http://me:***@proxy:3128 refused"],
  ["token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "token eyJ***"],
  ["user AKIAIOSFODNN7EXAMPLE", "user AKIA***"],
  ["hf_abcdefghijklmnop and ghp_abcdefghijklmnop", "hf_*** and ghp_***"],
] as const;

for (const [text, wanted] of SHAPED) {
  test(`masks by shape: ${wanted}`, () => assert.ok(redact(text).startsWith(wanted), redact(text)));
}

test("leaves plain text alone", () => {
  const plain = "The task-force asked: maximum context length is 8192 tokens; bearer of news; https://host/v1/models?limit=10";
  assert.equal(redact(plain), plain);
});

test("masks by value, also as written in a URL and in JSON", () => {
  const secret = 'p@ss/"word"';
  const text = `raw ${secret} url ${encodeURIComponent(secret)} json ${JSON.stringify({ secret })}`;
  assert.equal(redact(text, [secret]), 'raw *** url *** json {"secret":"***"}');
});

test("masks the longer of two secrets that begin alike", () => {
  assert.equal(redact("abcdef-ghijkl", ["abcdef", "abcdef-ghijkl"]), "***");
});

test("ignores values too short to be a secret", () => {
  assert.equal(redact("a none b", ["", "none"]), "a none b");
});

test("a replacement pattern inside a secret means nothing", () => {
  assert.equal(redact("see $&$1-abc here", ["$&$1-abc"]), "see *** here");
});
