import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { fillIn, parseHost } from "#providers/host.ts";

const OLLAMA = "http://127.0.0.1:11434";
const GROQ = "https://api.groq.com/openai/v1";

const READ: readonly (readonly [text: string, usual: string, expected: string])[] = [
  ["http://remote:11434", OLLAMA, "http://remote:11434"],
  ["http://remote", OLLAMA, "http://remote"],
  ["https://host.example/v1/", OLLAMA, "https://host.example/v1"],
  ["0.0.0.0", OLLAMA, "http://127.0.0.1:11434"],
  ["0.0.0.0:9999", OLLAMA, "http://127.0.0.1:9999"],
  ["http://0.0.0.0:9999", OLLAMA, "http://127.0.0.1:9999"],
  ["[::]:9999", OLLAMA, "http://[::1]:9999"],
  [":9999", OLLAMA, "http://127.0.0.1:9999"],
  ["gpu-box", OLLAMA, "http://gpu-box:11434"],
  ["gpu-box:80", OLLAMA, "http://gpu-box"],
  [" localhost:8080 ", GROQ, "http://localhost:8080"],
  ["localhost", GROQ, "http://localhost"],
  ["10.0.0.5:8000/v1", GROQ, "http://10.0.0.5:8000/v1"],
  ["api.example.com/v1", GROQ, "https://api.example.com/v1"],
  ["api.example.com:8443", OLLAMA, "https://api.example.com:8443"],
  ["box.local:8000", GROQ, "http://box.local:8000"],
];

for (const [text, usual, expected] of READ) {
  test(`${text} is ${expected}`, () => assert.equal(parseHost({ text, from: "--host", usual }), expected));
}

const REFUSED: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /it is no URL/],
  ["a b", /it is no URL/],
  ["http://", /it is no URL/],
  ["host:99999", /it is no URL/],
  ["ftp://host", /it is ftp:\/\//],
  ["https://me:secret@host", /a user name or a password/],
  ["https://host/#x", /a #/],
];

for (const [text, message] of REFUSED) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(
      () => parseHost({ text, from: "OLLAMA_HOST", usual: OLLAMA }),
      (error) =>
        error instanceof UsageError &&
        message.test(error.message) &&
        error.message.includes("OLLAMA_HOST") &&
        !error.message.includes("secret"),
    );
  });
}

test("variables are filled in, and one that is not set is named", () => {
  const template = "https://x/${ACCOUNT}/${GATE}/y";
  assert.equal(fillIn(template, { env: { ACCOUNT: " a/b ", GATE: "g" }, who: "X" }), "https://x/a%2Fb/g/y");
  assert.throws(() => fillIn(template, { env: { ACCOUNT: "a", GATE: " " }, who: "X" }), /X needs GATE, which is not set/);
});
