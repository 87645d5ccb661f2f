import { UsageError } from "#base/usage-error.ts";
import { StoppedBySignal } from "#base/stopped.ts";
import { askLine } from "#cli/ask-line.ts";
import type { Surroundings } from "#cli/command.ts";
import { openPipedLines } from "#cli/login/piped-lines.ts";
import { hasBrowser, openInBrowser, type Desktop } from "#providers/login/browser.ts";
import { copyToClipboard } from "#providers/login/clipboard.ts";
import type { LoginUi, Shown } from "#providers/login/login.ts";
import { printable } from "#terminal/paint.ts";

/** `signal` also ends when Ctrl-C is typed at a prompt, which is no signal then. Close it when the login is over. */
type OpenedUi = LoginUi & { readonly signal: AbortSignal; close(): void };

/** Instructions on stderr, answers from stdin. On a terminal the page and the clipboard are offered; nothing is opened or copied unasked. */
export function openLoginUi(around: Surroundings, platform: NodeJS.Platform): OpenedUi {
  const { stderr, env } = around;
  const desktop: Desktop = { platform, env };
  const stop = new AbortController();
  const signal = AbortSignal.any([around.signal, stop.signal]);
  const piped = around.stdin.isTTY ? undefined : openPipedLines(around.stdin);
  let shown: Shown | undefined;

  const say = (line: string) => void stderr.write(`${printable(line)}\n`);
  const typedLine = async (text: string, hidden: boolean, until: AbortSignal): Promise<string> => {
    for (;;) {
      const line = await askLine({ text, hidden }, { stdin: around.stdin, stderr, signal: AbortSignal.any([signal, until]) });
      if (shown === undefined || !(line === "" || line === "c")) return line;
      say(await (line === "" ? open(shown) : copy(shown)));
    }
  };
  const open = async ({ url }: Shown) => ((await openInBrowser(url, desktop)) ? "Opened." : "No browser could be opened here.");
  const copy = async ({ url, code }: Shown) =>
    (await copyToClipboard(code ?? url, desktop, stderr)) ? "Copied." : "There is no clipboard here.";

  return {
    signal,
    note: say,
    showCode: (given) => {
      shown = given;
      say(`Open ${given.url}`);
      if (given.code !== null) say(`and enter the code ${given.code}`);
      say(`within ${Math.max(1, Math.round(given.expiresInS / 60))} minutes.`);
    },
    waiting: () => {
      say(`Waiting for the sign-in.${piped === undefined ? ` ${offers(desktop, shown)}` : ""} Ctrl-C stops.`);
      // Offers do not hold up the sign-in, and end with it; nobody needs to take them.
      if (piped === undefined && shown?.code) void typedLine("", false, stop.signal).catch(stopOn(stop));
    },
    prompt: async ({ text, secret }, until) => {
      if (piped !== undefined) return piped.next(secret ? AbortSignal.any([until, pasteLimit()]) : until);
      try {
        return await typedLine(text, secret, until);
      } catch (error) {
        stopOn(stop)(error);
        throw error;
      }
    },
    close: () => {
      stop.abort();
      piped?.close();
    },
  };
}

function offers(desktop: Desktop, shown: Shown | undefined): string {
  const what = shown?.code ? "the code" : "the address";
  return `${hasBrowser(desktop) ? "Enter opens the page, " : ""}c and Enter copies ${what}.`;
}

const stopOn = (stop: AbortController) => (error: unknown) => {
  if (error instanceof StoppedBySignal) stop.abort(error);
};

/** A pipe that stays open and silent brings no key. */
function pasteLimit(): AbortSignal {
  const limit = new AbortController();
  const error = new UsageError(`stdin brought no key within ${PASTE_MS / 1000} s`, "Pipe the key alone: factory login <provider> < file");
  setTimeout(() => limit.abort(error), PASTE_MS).unref();
  return limit.signal;
}

const PASTE_MS = 60_000;
