import { spawn } from "node:child_process";
import type { Desktop } from "#providers/login/browser.ts";

/**
 * Puts the text on the person's clipboard: by the desktop's own program, else by asking the terminal (OSC 52), which also reaches through SSH.
 * Gives whether it was done or asked for; a terminal does not say whether it obeyed. Never throws, and takes two seconds at most.
 */
export async function copyToClipboard(text: string, desktop: Desktop, terminal: NodeJS.WriteStream): Promise<boolean> {
  for (const command of clipboardCommands(desktop)) {
    if (await feed(command, text, desktop)) return true;
  }
  if (!terminal.isTTY) return false;
  terminal.write(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`);
  return true;
}

function clipboardCommands({ platform, env }: Desktop): readonly (readonly string[])[] {
  if (env["SSH_CONNECTION"] || env["SSH_TTY"]) return [];
  if (platform === "darwin") return [["pbcopy"]];
  if (platform === "win32") return [["clip"]];
  return [...(env["WAYLAND_DISPLAY"] ? [["wl-copy"]] : []), ...(env["DISPLAY"] ? [["xclip", "-selection", "clipboard"]] : [])];
}

function feed([program = "", ...rest]: readonly string[], text: string, { env }: Desktop): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, rest, { stdio: ["pipe", "ignore", "ignore"], env: { ...env } });
    const timer = setTimeout(() => child.kill(), LIMIT_MS);
    const settle = (done: boolean) => {
      clearTimeout(timer);
      resolve(done);
    };
    child.once("error", () => settle(false));
    child.once("exit", (code) => settle(code === 0));
    // A program that leaves without reading says so by its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(text);
  });
}

const LIMIT_MS = 2000;
