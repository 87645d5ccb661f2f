import assert from "node:assert/strict";
import { test } from "node:test";
import { findLogin, specialLogins, type StoredWay } from "#providers/login/flows.ts";
import { openFlow } from "#providers/login/open-flow.ts";
import { jumpingClock, person } from "#providers/login/testing-authority.ts";
import { allProviders } from "#providers/rows.ts";

const never = new AbortController().signal;

function paste(name: string, typed: string) {
  const { slug, name: called, way } = findLogin(name, { paste: true });
  const flow = openFlow({ provider: slug, name: called, env: {} }, way as StoredWay, { env: {}, clock: jumpingClock(), installId: "" });
  const someone = person({ typed: [typed] });
  return { notes: someone.notes, done: flow.start(someone.ui, never) };
}

test("every name leads to one login", () => {
  const names = specialLogins().flatMap(({ slug }) => slug);
  assert.equal(new Set(names).size, names.length);
  assert.equal(findLogin("GitHub_Copilot").slug, "copilot");
  assert.equal(findLogin("or").slug, "openrouter");
  assert.equal(findLogin("claude-max").way.kind, "closed");
  assert.equal(findLogin("aws").way.kind, "cloud");
  assert.equal(findLogin("hf").slug, "huggingface");
  assert.equal(findLogin("hf").way.kind, "pasted");
});

test("every provider with a page for keys can be logged in to by pasting one", () => {
  for (const { slug, row } of allProviders()) {
    if (row.keyUrl !== undefined) assert.equal(findLogin(slug, { paste: true }).way.kind, "pasted", slug);
    else assert.throws(() => findLogin(slug, { paste: true }), /needs no login|has no keys to paste/, slug);
  }
});

test("who needs a sign-in and has one here is told its name", () => {
  for (const { slug, row } of allProviders()) {
    if (row.auth.scheme !== "login" || findLogin(slug).way.kind === "closed") continue;
    assert.equal(findLogin(slug).slug, slug);
    assert.match(row.auth.how, new RegExp(`\`factory login ${slug}\``));
  }
});

test("other names are explained", () => {
  assert.throws(() => findLogin("groqq"), /unknown provider "groqq".*Did you mean groq/);
  assert.throws(() => findLogin("chatgpt", { paste: true }), /has no keys to paste/);
});

test("a pasted key is kept as it is, and the page where to make one is named", async () => {
  const { notes, done } = paste("huggingface", "  hf_abcdefghijkl\r");
  assert.deepEqual(await done, { access: "hf_abcdefghijkl", extras: {} });
  assert.deepEqual(notes, ["Make a key at https://huggingface.co/settings/tokens"]);
});

test("what is no key, or another provider's, is not taken", async () => {
  await assert.rejects(paste("groq", "").done, /nothing was pasted/);
  await assert.rejects(paste("groq", "gsk_ab cd").done, /has characters in it that no key has/);
  await assert.rejects(paste("groq", "sk-ant-abcdefghijklmnop").done, (error: unknown) => {
    assert.match(String(error), /the paste starts with sk-ant-: it is one of Anthropic/);
    assert.doesNotMatch(String(error), /abcdefgh/);
    return true;
  });
});

test("a Claude subscription is not offered, and that is said before a key is asked for", async () => {
  const { notes, done } = paste("anthropic", "sk-ant-abcdefghijklmnop");
  await done;
  assert.match(notes[0] ?? "", /own tools only: run their `claude`/);
});

test("no client id of another product stands in the table", () => {
  assert.doesNotMatch(JSON.stringify(specialLogins()), /Iv1\.|Ov23|app_EMo|78257093|17e5f671/);
});
