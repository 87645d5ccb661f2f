import { createServer } from "node:http";

/** Many model servers in one: each list of models is answered late, with `COUNT` models. Prints its URL. */

const DELAY_MS = 300;
const COUNT = 200;

const LIST = JSON.stringify({
  object: "list",
  data: Array.from({ length: COUNT }, (_, at) => ({
    id: `bench-large-${at}-instruct`,
    object: "model",
    created: 1_790_000_000 - at,
    owned_by: "bench",
    context_length: 131_072,
    max_output_tokens: 16_384,
    pricing: { prompt: "0.0000005", completion: "0.0000015" },
    supported_parameters: ["tools", "temperature", "max_tokens"],
  })),
});

const server = createServer((request, response) => {
  request.resume();
  setTimeout(() => response.writeHead(200, { "content-type": "application/json" }).end(LIST), DELAY_MS);
});

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`http://127.0.0.1:${typeof address === "object" ? address?.port : address}\n`);
});
