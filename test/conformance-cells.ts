import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isObject } from "#base/json.ts";
import type { StreamEvent } from "#model/event.ts";
import type { ModelRequest } from "#model/request.ts";
import { encodeFrame } from "#wires/bedrock-converse/frames.ts";
import type { WireName, WireTarget } from "#wires/wire.ts";

/**
 * What every wire must pass. `streamed`: the answer comes whole, in pieces or broken. `whole`: it is one JSON document. `refused`: it is an HTTP
 * error. `left`: the caller leaves after the last of the events. A case without a request of its own asks what `request` names.
 */
export const CASES = [
  { name: "text", answer: "streamed", request: "text" },
  { name: "text-whole", answer: "whole", request: "text-whole" },
  { name: "reasoning", answer: "streamed", request: "reasoning" },
  { name: "one-tool", answer: "streamed", request: "one-tool" },
  { name: "one-tool-whole", answer: "whole", request: "one-tool-whole" },
  { name: "two-tools", answer: "streamed", request: "two-tools" },
  { name: "no-argument-tool", answer: "streamed", request: "no-argument-tool" },
  { name: "image", answer: "streamed", request: "image" },
  { name: "cached", answer: "streamed", request: "cached" },
  { name: "abort", answer: "left", request: "text" },
  { name: "rate-limit", answer: "refused", request: "text" },
  { name: "overflow", answer: "refused", request: "text" },
  { name: "cut", answer: "streamed", request: "text" },
  { name: "malformed-line", answer: "streamed", request: "text" },
  { name: "stream-error", answer: "streamed", request: "text" },
] as const satisfies readonly Case[];

type Case = { readonly name: string; readonly answer: "streamed" | "whole" | "refused" | "left"; readonly request: string };

/** What our request must become. `path` holds the query. */
export type Asked = {
  readonly target: WireTarget;
  readonly request: ModelRequest;
  readonly http: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
};

/** How an answer ends that fails. Members that are not named are not compared. */
type Failure = {
  readonly type: "error";
  readonly kind: string;
  readonly message?: string;
  readonly status?: number;
  readonly retryAfterMs?: number;
};

export type Step = StreamEvent | Failure;

export type Answered = { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly bytes: Uint8Array };

export type Cell = { readonly asked: Asked; readonly answered: Answered; readonly steps: readonly Step[] };

const FIXTURES = join(import.meta.dirname, "../fixtures");

/** How the answers of each wire are written, and the type that they are served with. */
const STREAMS: Readonly<Record<WireName, readonly [ending: string, contentType: string]>> = {
  "openai-chat": ["sse", "text/event-stream"],
  "openai-responses": ["sse", "text/event-stream"],
  "anthropic-messages": ["sse", "text/event-stream"],
  "google-generate": ["sse", "text/event-stream"],
  "bedrock-converse": ["frames.json", "application/vnd.amazon.eventstream"],
  "cohere-chat": ["sse", "text/event-stream"],
  "ollama-chat": ["ndjson", "application/x-ndjson"],
};

/** Reads a cell's files. Throws an error that names the cell for one that is missing. */
export function readCell(wire: WireName, { name, answer, request }: Case): Cell {
  const read = (file: string): Buffer => {
    const path = join(FIXTURES, wire, "conformance", file);
    if (!existsSync(path)) throw new Error(`the cell ${wire} × ${name} lacks fixtures/${wire}/conformance/${file}`);
    return readFileSync(path);
  };
  const [ending, contentType] = STREAMS[wire];
  // The fixtures' own shapes.
  const asked = JSON.parse(read(`${request}.request.json`).toString("utf8")) as Asked;
  const steps = JSON.parse(read(`${name}.events.json`).toString("utf8")) as readonly Step[];
  if (answer === "refused") return { asked, steps, answered: readHttp(read(`${name}.answer.http`).toString("utf8")) };
  if (answer === "whole") return { asked, steps, answered: answer200("application/json", read(`${name}.answer.json`)) };
  const bytes = read(`${name}.answer.${ending}`);
  return { asked, steps, answered: answer200(contentType, ending === "frames.json" ? readFrames(bytes.toString("utf8")) : bytes) };
}

const answer200 = (contentType: string, bytes: Uint8Array): Answered => ({ status: 200, headers: { "content-type": contentType }, bytes });

/** A status line, headers, an empty line, the body. */
function readHttp(text: string): Answered {
  const [head = "", ...body] = text.split("\n\n");
  const [line = "", ...fields] = head.split("\n");
  const headers = fields.map((field) => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1).trim()] as const);
  return { status: Number(line.split(" ")[1]), headers: Object.fromEntries(headers), bytes: Buffer.from(body.join("\n\n")) };
}

/** Binary frames as a reader can check them: `[event, payload]`, `{ headers, body }`, or `{ frame, cut }` for one that lacks its last bytes. */
function readFrames(text: string): Uint8Array {
  const frames: unknown = JSON.parse(text);
  return Buffer.concat(Array.isArray(frames) ? frames.map(frameOf) : []);
}

function frameOf(written: unknown): Uint8Array {
  if (Array.isArray(written)) {
    const headers = { ":event-type": String(written[0]), ":content-type": "application/json", ":message-type": "event" };
    return encodeFrame(headers, JSON.stringify(written[1]));
  }
  if (isObject(written) && typeof written["cut"] === "number") return frameOf(written["frame"]).slice(0, -written["cut"]);
  // The fixtures' own shape.
  const { headers, body } = written as { readonly headers: Readonly<Record<string, string>>; readonly body: string };
  return encodeFrame(headers, body);
}
