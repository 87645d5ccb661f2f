import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "#base/clock.ts";
import { isObject, parseJson } from "#base/json.ts";
import type { LoginUi, Shown } from "#providers/login/login.ts";

/** What a test closes things with: its context. */
type Owner = { after(close: () => Promise<unknown> | void): void };

/** `fields`: of a form or of JSON. */
export type Asked = {
  readonly path: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
};

/** `cut`: the connection is broken off without an answer. `type`: of the content, where it is not JSON. */
type Answer = { readonly status?: number; readonly body?: unknown; readonly text?: string; readonly type?: string } | "cut";

/** Answers by path; of a list each is given once, the last one for ever. */
export type Routes = Readonly<Record<string, readonly Answer[] | ((asked: Asked) => Answer)>>;

export type TestingAuthority = { readonly url: string; readonly asked: Asked[]; readonly paths: () => readonly string[] };

/** An authority for tests: a real server on loopback that gives scripted answers. */
export async function serveAuthority(owner: Owner, routes: Routes): Promise<TestingAuthority> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += String(piece);
    const path = new URL(request.url ?? "/", "http://loopback").pathname;
    const json = parseJson(text);
    const fields = isObject(json) ? json : Object.fromEntries(new URLSearchParams(text));
    const seen = { path, fields, headers: request.headers };
    asked.push(seen);
    const route = routes[path];
    const times = asked.filter((each) => each.path === path).length;
    const answer = typeof route === "function" ? route(seen) : route?.[Math.min(times, route.length) - 1];
    if (answer === "cut") {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer?.status ?? (answer === undefined ? 404 : 200), { "content-type": answer?.type ?? "application/json" });
    response.end(answer?.text ?? JSON.stringify(answer?.body ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  owner.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, paths: () => asked.map(({ path }) => path) };
}

/** A clock that jumps over every wait. `waits`: how long each was to be, in ms. */
export function jumpingClock(start = 1_800_000_000_000): Clock & { readonly waits: number[]; at: number } {
  const waits: number[] = [];
  return {
    waits,
    at: start,
    now() {
      return this.at;
    },
    async sleep(delayMs, signal) {
      signal.throwIfAborted();
      waits.push(delayMs);
      this.at += delayMs;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** A person who reads everything. `onShow` does what the page asks of them; `typed` are the lines they give to prompts. */
export function person(options: { readonly onShow?: (shown: Shown) => void; readonly typed?: readonly string[] } = {}) {
  const shown: Shown[] = [];
  const notes: string[] = [];
  const typed = [...(options.typed ?? [])];
  const ui: LoginUi = {
    showCode: (given) => {
      shown.push(given);
      options.onShow?.(given);
    },
    note: (line) => void notes.push(line),
    waiting: () => undefined,
    prompt: async () => typed.shift() ?? "",
  };
  return { ui, shown, notes };
}
