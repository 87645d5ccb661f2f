import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { UsageError } from "#base/usage-error.ts";

/** Which answer of the browser is the right one. `state`: the parameter it must carry; `null` where the path itself is the secret. */
export type Expected = { readonly path: string; readonly state: string | null };

/** `port` is the one listened on. `answered` gives the parameters of the one right request, and rejects with the signal's reason. */
export type Callback = { readonly port: number; readonly answered: Promise<URLSearchParams>; close(): void };

/** Listens on loopback for the browser's way back. `port` 0 takes any free one. Throws `UsageError` where the port is taken. */
export async function openCallback(expected: Expected, port: number, signal: AbortSignal): Promise<Callback> {
  const server = createServer();
  const answered = firstRightRequest(server, expected, signal);
  // Whoever closes before the answer came does not wait for it.
  answered.catch(() => undefined);
  const taken = await listen(server, port);
  return {
    port: taken,
    answered,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * What a person pasted: the address at which the browser ended, or the code alone. `undefined` where it is neither or belongs to another
 * sign-in. A code alone has no state to check: it is of no use without the verifier that it was made for.
 */
export function readPasted(text: string, expected: Expected): URLSearchParams | undefined {
  const written = text.trim();
  if (/^https?:\/\//i.test(written)) {
    const url = URL.canParse(written) ? new URL(written) : undefined;
    return url !== undefined && isRight(url, expected) ? url.searchParams : undefined;
  }
  return /^[\w.~+/=-]{8,2000}$/.test(written) ? new URLSearchParams({ code: written }) : undefined;
}

function firstRightRequest(server: Server, expected: Expected, signal: AbortSignal): Promise<URLSearchParams> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    let used = false;
    server.on("request", (request: IncomingMessage, response: ServerResponse) => {
      const target = `http://loopback${request.url ?? "/"}`;
      const url = URL.canParse(target) ? new URL(target) : undefined;
      const right = url !== undefined && request.method === "GET" && !used && isRight(url, expected);
      if (!right) {
        answer(response, { status: 404, text: "This is not the page of a sign-in that is under way." });
        return;
      }
      used = true;
      const text = url.searchParams.has("code") ? "factory has what it needs." : "The sign-in was not completed; factory says more.";
      answer(response, { status: 200, text: `${text} You can close this window.` }, () => resolve(url.searchParams));
    });
  });
}

function isRight({ pathname, searchParams }: URL, { path, state }: Expected): boolean {
  if (pathname !== path || !(searchParams.has("code") || searchParams.has("error"))) return false;
  return state === null || equal(searchParams.get("state") ?? "", state);
}

function equal(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `sent` is called once, also where the browser left before it had the page. */
function answer(response: ServerResponse, page: { readonly status: number; readonly text: string }, sent?: () => void): void {
  if (sent !== undefined) response.once("close", sent);
  response.writeHead(page.status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    connection: "close",
  });
  response.end(`<!doctype html><meta charset="utf-8"><title>factory</title><p>${page.text}</p>\n`);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const why = error.code === "EADDRINUSE" ? "another program has it" : (error.code ?? error.message);
      reject(new UsageError(`the sign-in answers on port ${port} of this machine, and ${why}`, "End the other program, and try again."));
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
