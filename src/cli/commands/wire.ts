import { createReadStream, statSync } from "node:fs";
import { resolve } from "node:path";
import { isObject, parseJson } from "#base/json.ts";
import { UsageError } from "#base/usage-error.ts";
import type { StreamEvent } from "#model/event.ts";
import { eventsOf } from "#model/events-of.ts";
import { toolCallsOf, type AssistantMessage } from "#model/message.ts";
import { UNKNOWN_USAGE } from "#model/usage.ts";
import { loadWire } from "#wires/load-wire.ts";
import { WIRE_NAMES, type Wire } from "#wires/wire.ts";
import { defineCommand, type Surroundings } from "#cli/command.ts";
import { oneOf } from "#cli/option-values.ts";

export const wire = defineCommand({
  name: "wire",
  positionals: "decode|encode <wire> [file]",
  options: {
    whole: { help: "encode: one whole answer instead of a stream" },
    model: { short: "m", value: "NAME", help: "encode: the model that the answer names" },
  },
  notes: [
    `Wires: ${WIRE_NAMES.join(", ")}`,
    "decode reads an answer, streamed or whole, and prints its events, one JSON object a line.",
    "encode reads such lines, or one assistant message as JSON, and prints the answer's bytes.",
  ],
  async run({ values, positionals }, around) {
    const [verb = "", name = "", file] = positionals;
    const action = oneOf("wire", verb, ["decode", "encode"]);
    const chosen = await loadWire(oneOf(`wire ${action}`, name, WIRE_NAMES));
    if (action === "decode") await decode(chosen, openInput(file, around), around);
    else
      await encode(chosen, await readAll(openInput(file, around)), {
        ...around,
        model: values.model ?? "model",
        stream: values.whole !== true,
      });
    return 0;
  },
});

async function decode(chosen: Wire, input: AsyncIterable<Uint8Array>, { stdout }: Surroundings): Promise<void> {
  const decoder = chosen.decodeEvents();
  const print = (events: readonly StreamEvent[]) => {
    for (const event of events) stdout.write(`${JSON.stringify(event)}\n`);
  };
  for await (const bytes of input) print(decoder.push(bytes));
  print(decoder.end());
}

type EncodeOptions = Surroundings & { readonly model: string; readonly stream: boolean };

async function encode(chosen: Wire, text: string, { stdout, model, stream }: EncodeOptions): Promise<void> {
  const encoder = chosen.encodeEvents({ model, stream });
  for (const event of readEvents(text, model)) stdout.write(encoder.push(event));
  stdout.write(encoder.end());
}

/** Either a message in one JSON object, or one event a line. */
function readEvents(text: string, model: string): readonly StreamEvent[] {
  const whole = parseJson(text);
  if (isObject(whole) && whole["role"] === "assistant" && Array.isArray(whole["content"])) {
    // The user's own message; what is wrong in it shows in the bytes.
    const message = whole as unknown as AssistantMessage;
    const reason = toolCallsOf(message).length > 0 ? "tool-calls" : "stop";
    return eventsOf(message, model, { reason, usage: UNKNOWN_USAGE });
  }
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, at) => {
    const event = parseJson(line);
    if (!isObject(event) || typeof event["type"] !== "string") {
      throw new UsageError(
        `line ${at + 1} is no event`,
        'Give events as `factory wire decode` prints them, or {"role":"assistant","content":[…]}.',
      );
    }
    return event as StreamEvent;
  });
}

function openInput(file: string | undefined, { cwd, stdin }: Surroundings): AsyncIterable<Uint8Array> {
  if (file === undefined || file === "-") return stdin;
  const path = resolve(cwd, file);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UsageError(`${path} is no file`, "Name a file, or pipe the bytes in.");
  return createReadStream(path);
}

async function readAll(input: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of input) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
