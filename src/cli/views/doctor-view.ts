import type { Finding, State } from "#app/doctor/check.ts";
import type { Checked } from "#app/doctor/run-checks.ts";
import { printable, type Paint } from "#terminal/paint.ts";
import { WordWrap } from "#terminal/word-wrap.ts";

type Page = { readonly width: number; readonly paint: Paint };

/** The report for people: a mark, the check's title, what was found, and under it the mend. No line is longer than `width`. */
export function printDoctor(checked: readonly Checked[], page: Page): string {
  const left = Math.max(...checked.map(({ title }) => title.length)) + 2;
  const lines = checked.flatMap(({ title, findings }) =>
    findings.flatMap((finding, at) => printFinding(finding, { label: (at === 0 ? title : "").padEnd(left), ...page })),
  );
  return [...lines, "", summary(checked), ""].join("\n");
}

const MARKS: Readonly<Record<State, readonly [mark: string, colour: "green" | "yellow" | "red"]>> = {
  ok: ["✓", "green"],
  warn: ["!", "yellow"],
  fail: ["✗", "red"],
};

function printFinding({ state, said, mend }: Finding, { label, width, paint }: Page & { readonly label: string }): readonly string[] {
  const [mark, colour] = MARKS[state];
  const indent = " ".repeat(label.length + 2);
  const room = width - indent.length;
  const [first = "", ...rest] = wrapped(said, room);
  const mends = mend === undefined ? [] : wrapped(mend, room - 2).map((line, at) => `${indent}${at === 0 ? "→ " : "  "}${line}`);
  return [`${paint[colour](mark)} ${paint.bold(label)}${first}`, ...rest.map((line) => indent + line), ...mends];
}

/** Wrapped at spaces; a longer word (a path) is broken where the line ends. */
function wrapped(text: string, room: number): readonly string[] {
  const atSpaces = new WordWrap(() => room).wrap(printable(text).replaceAll(/\s+/g, " ")).split("\n");
  return atSpaces.flatMap((line) => line.match(new RegExp(`.{1,${Math.max(10, room)}}`, "gu")) ?? [""]);
}

function summary(checked: readonly Checked[]): string {
  const count = (state: State) => checked.filter((each) => each.state === state).length;
  const failed = count("fail");
  const better = count("warn");
  if (failed > 0) return `${failed} of ${checked.length} checks failed.`;
  return better === 0 ? "Everything works." : `Nothing failed; ${better} could be better.`;
}
