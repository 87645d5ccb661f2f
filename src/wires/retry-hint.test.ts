import assert from "node:assert/strict";
import { test } from "node:test";
import { parseWait, waitFromHeaders, waitFromProse } from "#wires/retry-hint.ts";

const NOW = Date.parse("2026-05-04T10:00:00Z");

const VALUES = [
  ["20", 20_000],
  ["1.5", 1500],
  ["0", 0],
  ["-3", 0],
  ["1s", 1000],
  ["6m0s", 360_000],
  ["1h2m3s", 3_723_000],
  ["120ms", 120],
  ["34.074824224s", 34_075],
  ["2 minutes", 120_000],
  ["1 minute and 5 seconds", 65_000],
  ["Mon, 04 May 2026 10:00:30 GMT", 30_000],
  ["Mon, 04 May 2026 09:00:00 GMT", 0],
  ["2026-05-04T10:01:00Z", 60_000],
  [String(NOW / 1000 + 7), 7000],
  [String(NOW + 8000), 8000],
  ["99999999999999999999", 366 * 86_400_000],
  ["soon", undefined],
  ["", undefined],
  ["5 apples", undefined],
] as const;

for (const [value, wanted] of VALUES) {
  test(`reads the wait ${JSON.stringify(value)}`, () => assert.equal(parseWait(value, NOW), wanted));
}

test("an absolute time says nothing without the present one", () => {
  assert.equal(parseWait("Mon, 04 May 2026 10:00:30 GMT"), undefined);
  assert.equal(parseWait(String(NOW)), undefined);
});

const SENTENCES = [
  ["Rate limit reached for gpt-4o. Please try again in 1.2s. Visit https://x", 1200],
  ["Please try again in 20 seconds.", 20_000],
  ["Please try again in 6m0s.", 360_000],
  ["Please try again in 7m12.5s.", 432_500],
  ["Please try again in 250ms.", 250],
  ["Please retry in 34.074824224s.", 34_075],
  ["Please retry after 24 seconds.", 24_000],
  ["please wait 3 minutes", 180_000],
  ["try again later", undefined],
  ["413 tokens in 5 s", undefined],
] as const;

for (const [text, wanted] of SENTENCES) {
  test(`reads the sentence ${JSON.stringify(text)}`, () => assert.equal(waitFromProse(text), wanted));
}

const HEADERS = [
  [{ "retry-after-ms": "1500", "retry-after": "9" }, 1500],
  [{ "retry-after-ms": "", "retry-after": "9" }, 9000],
  [{ "retry-after": "Mon, 04 May 2026 10:00:30 GMT" }, 30_000],
  [{ "x-ratelimit-reset": String(NOW + 4000) }, 4000],
  [{ "x-ratelimit-reset-requests": "6m0s", "x-ratelimit-reset-tokens": "1s" }, 1000],
  [{ "x-ratelimit-reset-requests": "6m0s", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-tokens": "1s" }, 360_000],
  [{ "anthropic-ratelimit-tokens-reset": "2026-05-04T10:00:10Z", "anthropic-ratelimit-tokens-remaining": "0" }, 10_000],
  [{}, undefined],
] as const;

for (const [headers, wanted] of HEADERS) {
  test(`reads the headers ${JSON.stringify(headers)}`, () => {
    assert.equal(waitFromHeaders({ headers, status: 429, now: NOW }), wanted);
  });
}

test("limit headers of another failure mean nothing", () => {
  const headers = { "x-ratelimit-reset-requests": "6m0s" };
  assert.equal(waitFromHeaders({ headers, status: 500, now: NOW }), undefined);
});
