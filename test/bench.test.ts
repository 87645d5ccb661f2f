import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Bench, Line } from "#bench/bench.ts";
import { cellsOf, median } from "#bench/figures.ts";
import { writeResult } from "#bench/results.ts";
import { prepareStream, STREAM_NAMES } from "#bench/streams.ts";
import { loadWire } from "#wires/load-wire.ts";

test("the median is the middle sample, or the mean of the middle two", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([9, 1, 5, 6]), 5.5);
});

test("a line tells its ratio and whether its goal is met", () => {
  const line: Line = { what: "x", unit: "ms", samples: [30, 20, 40], base: [10] };
  assert.deepEqual(cellsOf(line), ["x", "30.0 ms", "20.0–40.0", "3.00 ×", ""]);
  assert.equal(cellsOf({ ...line, goal: { atMost: 30, of: "median" } })[4], "≤ 30 ms: met");
  assert.equal(cellsOf({ ...line, goal: { atMost: 2, of: "ratio" } })[4], "≤ 2 ×: MISSED");
  assert.equal(cellsOf({ ...line, goal: { atLeast: 2, of: "ratio" } })[4], "≥ 2 ×: met");
  assert.equal(cellsOf({ ...line, goal: { atLeast: 3.1, of: "ratio" } })[4], "≥ 3.1 ×: MISSED");
  assert.deepEqual(cellsOf({ ...line, samples: [] })[1], "not measured");
});

test("a bench that ran again replaces its own section and no other", () => {
  const folder = mkdtempSync(join(tmpdir(), "factory-results-"));
  try {
    const file = join(folder, "RESULTS.md");
    const bench = (title: string): Bench => ({ name: title, title, note: "", measure: () => Promise.resolve([]) });
    const write = (title: string, value: number) =>
      writeResult(file, { bench: bench(title), lines: [{ what: "x", unit: "ms", samples: [value] }], circumstances: ["today"] });
    write("First", 1);
    write("Second", 2);
    write("First", 3);
    const text = readFileSync(file, "utf8");
    assert.deepEqual([...text.matchAll(/^## .*|[\d.]+ ms/gm)].map(String), ["## First", "3.00 ms", "## Second", "2.00 ms"]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the prepared streams are what they say", async () => {
  for (const name of STREAM_NAMES) {
    const { wire, body, starts, characters } = prepareStream(name);
    const decoder = (await loadWire(wire)).decodeEvents();
    const events = [...decoder.push(body), ...decoder.end()];
    const pieces = events.map((event) => (event.type === "text-delta" ? event.text : event.type === "tool-delta" ? event.json : ""));
    assert.equal(pieces.join("").length, characters, name);
    assert.equal(events.at(-1)?.type, "finish", name);
    if (name.endsWith("-text")) assert.equal(starts.length, 204, name);
    else assert.deepEqual([characters, Object.keys(JSON.parse(pieces.join("")))], [102_400, ["path", "content"]], name);
  }
});
