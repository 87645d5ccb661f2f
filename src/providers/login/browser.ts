import { spawn } from "node:child_process";
import type { Env } from "#providers/keys.ts";

export type Desktop = { readonly platform: NodeJS.Platform; readonly env: Env };

/** Whether a browser could be opened here: not on a server, nor over SSH. */
export const hasBrowser = ({ platform, env }: Desktop): boolean => browserCommand({ platform, env }) !== undefined;

/** Opens the page in the person's browser. Gives whether something took it. Never throws, and waits a second at most. */
export function openInBrowser(url: string, desktop: Desktop): Promise<boolean> {
  const command = browserCommand(desktop);
  // Only what is plainly a web address goes to a program that opens anything.
  if (command === undefined || !/^https?:\/\/[^\s"']+$/.test(url)) return Promise.resolve(false);
  const [program = "", ...rest] = command;
  return new Promise((resolve) => {
    const child = spawn(program, [...rest, url], { stdio: "ignore", detached: true, env: { ...desktop.env } });
    // Still running after a second: it has become the browser.
    const timer = setTimeout(() => resolve(true), 1000);
    const settle = (opened: boolean) => {
      clearTimeout(timer);
      resolve(opened);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
    child.unref();
  });
}

function browserCommand({ platform, env }: Desktop): readonly string[] | undefined {
  if (env["SSH_CONNECTION"] || env["SSH_TTY"]) return undefined;
  if (platform === "darwin") return ["open"];
  // Not `start`: a shell would read the `&` of the URL.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : undefined;
}
