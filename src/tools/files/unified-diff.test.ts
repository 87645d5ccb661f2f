import assert from "node:assert/strict";
import { test } from "node:test";
import { applyPatch } from "diff";
import { cappedDiff, unifiedDiff } from "#tools/files/unified-diff.ts";

const lines = (count: number, word: string): string => Array.from({ length: count }, (_, index) => `${word} ${index}\n`).join("");

const changes: readonly (readonly [name: string, before: string, after: string])[] = [
  ["a line", lines(50, "a"), lines(50, "a").replace("a 20\n", "b\n")],
  ["a new file", "", lines(3, "a")],
  ["no line break at the end", "a\nb", "a\nc"],
  ["everything of a long file", lines(4_000, "a"), lines(3_000, "b")],
];
for (const [name, before, after] of changes) {
  test(`the diff can be applied: ${name}`, async () => {
    const diff = await unifiedDiff({ path: "x", before, after });
    assert.equal(applyPatch(before, diff), after);
  });
}

test("only the surroundings of a change are shown", async () => {
  const diff = await unifiedDiff({ path: "x", before: lines(50, "a"), after: lines(50, "a").replace("a 20\n", "b\n") });
  assert.equal(diff.split("\n").filter((line) => line.startsWith(" ")).length, 6);
});

test("a diff is capped in whole lines and counts the rest", () => {
  assert.equal(cappedDiff("short\n", 10), "short\n");
  assert.equal(cappedDiff("one\ntwo\nthree\nfour\n", 10), "one\ntwo\n[2 more lines of the diff not shown]\n");
});
