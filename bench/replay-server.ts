import { createServer, type ServerResponse } from "node:http";
import { setImmediate as nextRound } from "node:timers/promises";
import { isStreamName, prepareStream, type PreparedStream } from "#bench/streams.ts";
import { WIRE_PATHS } from "#wires/wire.ts";

/**
 * A model server that replays prepared bytes: a chat call of the stream's wire below `/<stream>/<piece>/` is answered with that stream, in
 * writes of so many bytes, or of one event where `<piece>` is `event`. Prints its URL.
 */
const prepared = new Map<string, { readonly stream: PreparedStream; readonly pieces: readonly Buffer[] }>();

const server = createServer((request, response) => {
  const url = request.url ?? "";
  request.resume();
  request.once("end", () => void replay(url, response).catch(() => response.destroy()));
});

async function replay(url: string, response: ServerResponse): Promise<void> {
  const [, name = "", piece = "", path = ""] = /^\/([^/]+)\/([^/]+)(\/[^?]*)/.exec(url) ?? [];
  const answer = find(name, piece);
  if (answer === undefined || !WIRE_PATHS[answer.stream.wire].test(path)) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-type": answer.stream.contentType, "cache-control": "no-cache" });
  for (const bytes of answer.pieces) {
    response.write(bytes);
    await nextRound();
  }
  response.end();
}

function find(name: string, piece: string) {
  const key = `${name}/${piece}`;
  const known = prepared.get(key);
  if (known !== undefined) return known;
  if (!isStreamName(name) || !/^(event|[1-9]\d{0,6})$/.test(piece)) return undefined;
  const stream = prepareStream(name);
  const answer = { stream, pieces: cut(stream, piece) };
  prepared.set(key, answer);
  return answer;
}

function cut({ body, starts }: PreparedStream, piece: string): readonly Buffer[] {
  const size = Number(piece);
  const cuts = piece === "event" ? starts : Array.from({ length: Math.ceil(body.length / size) }, (_, at) => at * size);
  return cuts.map((from, at) => body.subarray(from, cuts[at + 1]));
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}\n`);
});
