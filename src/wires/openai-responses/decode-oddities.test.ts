import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { isObject } from "#base/json.ts";
import { AnswerFold } from "#model/collect.ts";
import { ModelError } from "#model/error.ts";
import { openaiResponses } from "#wires/openai-responses/wire.ts";

const FIXTURES = join(import.meta.dirname, "../../../fixtures/openai-responses");

/** All events of all streamed fixtures. */
const EVENTS: readonly unknown[] = readdirSync(FIXTURES)
  .filter((name) => name.endsWith(".sse"))
  .flatMap((name) => readFileSync(join(FIXTURES, name), "utf8").match(/(?<=^data: ).+/gm) ?? [])
  .flatMap((line) => (line.startsWith("{") && line.endsWith("}") ? [JSON.parse(line)] : []));

const ODD = [null, 0, -1, "", "x", "__proto__", [], {}, [null], [[]], true, { type: "message" }, { text: 7 }];

/** The event with one member anywhere in it replaced or, where `odd` is undefined, taken out. */
function bent(value: unknown, seed: number, odd: unknown): unknown {
  if (!isObject(value)) return odd;
  const names = Object.keys(value);
  const name = names[seed % Math.max(1, names.length)] ?? "type";
  const inner = isObject(value[name]) && seed % 3 !== 0 ? bent(value[name], Math.floor(seed / 3), odd) : odd;
  return { ...value, [name]: inner };
}

test("openai-responses: whatever is bent in the events of a server, the answer is legal or a ModelError", () => {
  const told = fc.array(
    fc.tuple(fc.nat(EVENTS.length - 1), fc.nat(999), fc.option(fc.constantFrom(...ODD, undefined), { nil: "as it was" })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );
  let answered = 0;
  fc.assert(
    fc.property(told, (steps) => {
      const events = steps.map(([at, seed, odd]) => (odd === "as it was" ? EVENTS[at] : bent(EVENTS[at], seed, odd)));
      const end = { type: "response.completed", response: { output: [] } };
      const text = [...events, end].map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
      answered += Number(isLegal(Buffer.from(text)));
    }),
    { numRuns: 2000 },
  );
  assert.ok(answered > 0, "some of them are answers");
});

/** Throws what is no `ModelError`, and where an event is out of order. */
function isLegal(bytes: Uint8Array): boolean {
  const decoder = openaiResponses.decodeEvents();
  const fold = new AnswerFold();
  const open = new Set<number>();
  let next = 0;
  let begun = false;
  try {
    for (const event of [...decoder.push(bytes), ...decoder.end()]) {
      assert.equal(event.type === "start", !begun);
      begun = true;
      fold.add(event);
      if (!("index" in event)) continue;
      if (event.index === next) {
        open.add(next);
        next += 1;
      }
      assert.ok(open.has(event.index), "a block begins in its turn and says nothing after its end");
      if (event.type === "block-end" || event.type === "opaque") open.delete(event.index);
    }
    assert.equal(open.size, 0, "all blocks are closed");
    fold.finish();
    return true;
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return false;
  }
}
