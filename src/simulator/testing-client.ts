import { request as httpRequest } from "node:http";
import { AnswerFold } from "#model/collect.ts";
import type { Answer } from "#model/collect.ts";
import type { ModelRequest } from "#model/request.ts";
import { loadWire } from "#wires/load-wire.ts";
import type { WireName } from "#wires/wire.ts";

/** What one call gave. `broken`: the connection ended before the answer did. */
export type Reply = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly chunks: number;
  readonly broken: boolean;
};

type Call = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Called with all text so far; a `true` hangs up. */
  readonly hangUp?: (text: string) => boolean;
};

/** One HTTP call that never throws for what the server does: the simulator's tests look at broken answers too. */
export function call(url: string, { method = "POST", headers = {}, body, hangUp }: Call = {}): Promise<Reply> {
  return new Promise((resolve) => {
    const seen = { status: 0, headers: {} as NodeJS.Dict<string | string[]>, text: "", bytes: Buffer.alloc(0), chunks: 0 };
    const request = httpRequest(url, {
      method,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    });
    request.on("error", () => resolve({ ...seen, broken: true }));
    request.on("response", (response) => {
      seen.status = response.statusCode ?? 0;
      seen.headers = response.headers;
      response.on("data", (bytes: Buffer) => {
        seen.bytes = Buffer.concat([seen.bytes, bytes]);
        seen.text = seen.bytes.toString("utf8");
        seen.chunks += 1;
        if (hangUp?.(seen.text) === true) request.destroy();
      });
      response.on("error", () => resolve({ ...seen, broken: true }));
      response.on("close", () => resolve({ ...seen, broken: !response.complete }));
    });
    request.end(body);
  });
}

/** Asks over a wire and gives the raw reply. */
export async function askRaw(
  baseUrl: string,
  wireName: WireName,
  { stream = true, request = HELLO, model = "m" }: Question = {},
): Promise<Reply> {
  const wire = await loadWire(wireName);
  const target = { model, stream, quirks: {} };
  const { headers, body } = wire.encodeRequest(request, target);
  return call(wire.url(baseUrl, target), { headers, body });
}

/** Asks over a wire and reads the answer as a client does. Throws what the decoder throws. */
export async function ask(baseUrl: string, wireName: WireName, question: Question = {}): Promise<Answer> {
  const { bytes } = await askRaw(baseUrl, wireName, question);
  const decoder = (await loadWire(wireName)).decodeEvents();
  const fold = new AnswerFold();
  for (const event of [...decoder.push(bytes), ...decoder.end()]) fold.add(event);
  return fold.finish();
}

export type Question = { readonly stream?: boolean; readonly request?: ModelRequest; readonly model?: string };

export const HELLO: ModelRequest = { messages: [{ role: "user", content: [{ type: "text", text: "hello" }] }], maxOutputTokens: 1000 };

/** Waits until it holds; fails after ten seconds. */
export async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 10_000) throw new Error(`it never came to hold: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
