import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { MAIN, openPlace, ROOT, runFactory, startFactory, startProgram, until } from "#test/run-factory.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

const CONCURRENTLY = { concurrency: 2 };

/** One streamed and one whole answer of each wire. */
const FIXTURES = {
  "openai-chat": ["openai-parallel-tools.sse", "openai-whole-tools.json"],
  "anthropic-messages": ["tools.sse", "whole-text.json"],
  "ollama-chat": ["tool-calls-with-ids.ndjson", "whole.json"],
  "openai-responses": ["openai-text.sse", "whole-everything.json"],
  "google-generate": ["parallel-calls.sse", "whole-call.json"],
  "cohere-chat": ["plan-and-parallel-calls.sse", "whole-calls.json"],
} as const;

// The keys of a constant are the names of its type. Bedrock's frames are no text: they have a test of their own.
const TEXT_WIRES = Object.keys(FIXTURES) as readonly (keyof typeof FIXTURES)[];

const parse = (lines: string): readonly unknown[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

for (const wire of TEXT_WIRES) {
  const folder = join(ROOT, "fixtures", wire);
  describe(`wire decode ${wire}`, CONCURRENTLY, () => {
    for (const name of FIXTURES[wire]) {
      const bytes = readFileSync(join(folder, name));
      const events = JSON.parse(readFileSync(join(folder, `${name.replace(/\.\w+$/, "")}.events.json`), "utf8"));

      test(`${name}, from a file and from stdin`, async (t) => {
        const place = await openPlace(t);
        for (const ran of [
          await runFactory(place, ["wire", "decode", wire, join(folder, name)]),
          await runFactory(place, ["wire", "decode", wire], { stdin: bytes }),
        ]) {
          assert.deepEqual([ran.code, ran.stderr], [0, ""]);
          assert.deepEqual(parse(ran.stdout), events);
        }
      });

      test(`${name}: what is encoded again is decoded to the same, streamed and whole`, async (t) => {
        const place = await openPlace(t);
        const decoded = await runFactory(place, ["wire", "decode", wire], { stdin: bytes });
        for (const form of [[], ["--whole"]]) {
          const encoded = await runFactory(place, ["wire", "encode", wire, ...form], { stdin: decoded.stdout });
          assert.deepEqual([encoded.code, encoded.stderr], [0, ""]);
          const again = await runFactory(place, ["wire", "decode", wire], { stdin: encoded.stdout });
          assert.deepEqual(meaning(parse(again.stdout)), meaning(parse(decoded.stdout)));
        }
      });
    }
  });
}

type Event = {
  readonly type: string;
  readonly index?: number;
  readonly text?: string;
  readonly json?: string;
  readonly name?: string;
  readonly id?: string;
};

/** What the events say, however finely they are cut: the blocks and the finish. */
function meaning(events: readonly unknown[]): unknown {
  const blocks = new Map<string, string>();
  for (const event of events as readonly Event[]) {
    if (!event.type.endsWith("-delta")) continue;
    const key = `${event.index} ${event.type} ${event.name ?? ""} ${event.id ?? ""}`;
    blocks.set(key, (blocks.get(key) ?? "") + (event.text ?? event.json ?? ""));
  }
  const calls = [...blocks].map(([key, text]) => [key, key.includes("tool-delta") ? JSON.parse(text || "{}") : text]);
  return [calls, (events as readonly Event[]).at(-1)];
}

test("bedrock-converse: frames are written and read as bytes", async (t) => {
  const place = await openPlace(t);
  const message = JSON.stringify({ role: "assistant", content: [{ type: "text", text: "grüße" }] });
  const factory = `'${process.execPath}' '${MAIN}' wire`;
  const line = `${factory} encode bedrock-converse | ${factory} decode bedrock-converse`;
  const { code, stdout, stderr } = await startProgram(place, ["sh", "-c", line], { stdin: message }).ended;
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /"text":"grüße"/);
});

describe("wire", CONCURRENTLY, () => {
  for (const [wire, piece] of [
    ["openai-chat", `data: {"choices":[{"index":0,"delta":{"content":"early"},"finish_reason":null}]}\n\n`],
    ["ollama-chat", `{"model":"x","message":{"role":"assistant","content":"early"},"done":false}\n`],
    [
      "anthropic-messages",
      `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"early"}}\n\n`,
    ],
  ] as const) {
    test(`decode ${wire} prints events as they become known`, async (t) => {
      const running = startFactory(await openPlace(t), ["wire", "decode", wire], { stdin: "open" });
      const cut = Math.floor(piece.length / 2);
      running.child.stdin.write(piece.slice(0, cut));
      running.child.stdin.write(piece.slice(cut));
      // The input is still open.
      await until("the text is printed", () => /"text":"early"/.test(running.stdout()));
      running.child.stdin.end();
      const { code, stderr } = await running.ended;
      // It ends without its end mark: cut off, which is never taken for whole.
      assert.equal(code, 5);
      assert.match(stderr, /^factory: .*\n {2}\S/);
    });
  }

  for (const wire of TEXT_WIRES) {
    test(`encode ${wire} takes a message as well`, async (t) => {
      const place = await openPlace(t);
      const message = {
        role: "assistant",
        content: [
          { type: "text", text: "Let me look." },
          { type: "tool-call", id: "call_1", name: "read", json: '{"path":"a.ts"}' },
        ],
      };
      const encoded = await runFactory(place, ["wire", "encode", wire, "--model", "the-model"], { stdin: JSON.stringify(message) });
      assert.equal(encoded.code, 0);
      const { stdout } = await runFactory(place, ["wire", "decode", wire], { stdin: encoded.stdout });
      // Cohere's answers name no model.
      assert.match(stdout, /"model":"(the-model)?"[^]*Let me look\.[^]*a\.ts[^]*"reason":"tool-calls"/);
    });
  }

  test("encode names the line that is no event: 2", async (t) => {
    const { code, stderr } = await runFactory(await openPlace(t), ["wire", "encode", "openai-chat"], {
      stdin: '{"type":"start","model":"m"}\noops\n',
    });
    assert.equal(code, 2);
    assert.match(stderr, /line 2 is no event\n {2}Give events as/);
  });

  test("every fixture of every wire is decoded without a defect", async (t) => {
    const place = await openPlace(t);
    const all = WIRE_NAMES.flatMap((wire) =>
      readdirSync(join(ROOT, "fixtures", wire), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(events|request|frames)\.json$/.test(entry.name))
        .map(({ name }) => [wire, join(ROOT, "fixtures", wire, name)] as const),
    );
    // A fifth of them: the decoders have tests of their own.
    for (const [wire, file] of all.filter((_, at) => at % 5 === 0)) {
      const { code, stderr } = await runFactory(place, ["wire", "decode", wire, file]);
      assert.ok(code !== 1 && code !== null, `${file}: ${stderr}`);
      assert.doesNotMatch(stderr, /unexpected failure|\n {4}at /);
    }
  });
});
