import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { test, type TestContext } from "node:test";
import { hasBrowser, openInBrowser } from "#providers/login/browser.ts";
import { copyToClipboard } from "#providers/login/clipboard.ts";

/** A folder with one program in it, and the environment of a desktop that has no other. */
async function desktopWith(t: TestContext, name: string, script: string) {
  const folder = await mkdtemp(join(tmpdir(), "factory-desktop-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  const env: Record<string, string> = { PATH: folder, DISPLAY: ":0", OUT: join(folder, "out") };
  return { env, out: () => readFile(join(folder, "out"), "utf8").catch(() => "") };
}

function terminal(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY });
  // Only written to, which every stream can do.
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => String(stream.read() ?? "") };
}

const PAGE = "https://example.com/a?b=1&c=2";
const linux = (env: Record<string, string>) => ({ platform: "linux", env }) as const;

test("the page is handed to the desktop's opener as it is", async (t) => {
  const { env, out } = await desktopWith(t, "xdg-open", 'printf %s "$1" > "$OUT"');
  assert.equal(await openInBrowser(PAGE, linux(env)), true);
  assert.equal(await out(), PAGE);
});

test("an opener that fails or is missing, and a server, are no browser", async (t) => {
  const { env, out } = await desktopWith(t, "xdg-open", 'echo called > "$OUT"; exit 3');
  assert.equal(await openInBrowser(PAGE, linux(env)), false);
  const { env: missing } = await desktopWith(t, "other", "exit 0");
  assert.equal(await openInBrowser(PAGE, linux(missing)), false);
  const called = await out();
  assert.notEqual(called, "");
  await rm(env["OUT"] ?? "");
  assert.equal(await openInBrowser(PAGE, linux({ ...env, DISPLAY: "" })), false);
  assert.equal(await openInBrowser(PAGE, linux({ ...env, SSH_CONNECTION: "1.2.3.4" })), false);
  assert.equal(await openInBrowser("file:///etc/passwd", linux(env)), false);
  assert.equal(await out(), "");
  assert.deepEqual([hasBrowser(linux(env)), hasBrowser(linux({}))], [true, false]);
});

test("the clipboard's program gets the text on stdin", async (t) => {
  const { env, out } = await desktopWith(t, "xclip", 'read -r line; printf "%s %s" "$*" "$line" > "$OUT"');
  const { stream, text } = terminal(true);
  assert.equal(await copyToClipboard("ABCD-1234", linux(env), stream), true);
  assert.equal(await out(), "-selection clipboard ABCD-1234");
  assert.equal(text(), "");
});

test("without a program the terminal is asked, and a pipe is not", async (t) => {
  const { env } = await desktopWith(t, "xclip", "exit 1");
  const { stream, text } = terminal(true);
  assert.equal(await copyToClipboard("ABCD-1234", linux(env), stream), true);
  assert.equal(text(), "\u001b]52;c;QUJDRC0xMjM0\u0007");
  const pipe = terminal(false);
  assert.equal(await copyToClipboard("ABCD-1234", linux(env), pipe.stream), false);
  assert.equal(pipe.text(), "");
});
