import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Bench, Line } from "#bench/bench.ts";
import { cellsOf, TITLES } from "#bench/figures.ts";

/** What a bench gave, and where. */
export type Result = { readonly bench: Bench; readonly lines: readonly Line[]; readonly circumstances: readonly string[] };

/** Replaces the bench's section in the file, or adds it. */
export function writeResult(file: string, result: Result): void {
  const text = existsSync(file) ? readFileSync(file, "utf8") : HEAD;
  const [head = "", ...sections] = text.split(/^(?=## )/m);
  const section = sectionOf(result);
  const at = sections.findIndex((each) => each.startsWith(headingOf(result.bench)));
  if (at === -1) sections.push(section);
  else sections[at] = section;
  writeFileSync(file, `${[head, ...sections].map((each) => each.trim()).join("\n\n")}\n`);
}

const HEAD = `# Results of the benches

Written by \`npm run bench -- --write\`. Absolute figures are those of one machine on one day; ratios were taken within one run, with the
repetitions of all lines interleaved. A load near the number of cores tells that other work ran beside: medians bear that, maxima do not.
`;

const headingOf = ({ title }: Bench): string => `## ${title}\n`;

function sectionOf({ bench, lines, circumstances }: Result): string {
  const rows = [TITLES, TITLES.map(() => "---"), ...lines.map(cellsOf)].map((cells) => `| ${cells.join(" | ")} |`);
  return [`${headingOf(bench)}\n${bench.note}`, circumstances.map((each) => `- ${each}`).join("\n"), rows.join("\n")].join("\n\n");
}
