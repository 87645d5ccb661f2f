import type { Command, Option } from "#cli/command.ts";

/** The help of the whole program. */
export function mainHelp(commands: Readonly<Record<string, { readonly summary: string }>>): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const list = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "factory: any model, any agent, and the request does not get lost.",
    "",
    "Usage: factory <command> [options]",
    "",
    ...list,
    "",
    "`factory` alone, on a terminal, shows what this machine has and helps to begin.",
    "`factory <command> --help` shows a command's options. `factory --version` shows the version.",
    "",
  ].join("\n");
}

/** The help of one command; the lines fit into `width` columns where their words allow it. */
export function commandHelp({ name, positionals, options, notes }: Command, summary: string, width: number): string {
  const rows = Object.entries(options).map(([long, option]) => [flags(long, option), option.help] as const);
  const left = Math.max(...rows.map(([flag]) => flag.length), 0);
  const lines = rows.flatMap(([flag, help]) => hang(`  ${flag.padEnd(left)}  `, help, width));
  const usage = `Usage: factory ${[name, positionals, rows.length > 0 ? "[options]" : ""].filter(Boolean).join(" ")}`;
  return [summary, "", usage, "", ...lines, ...(notes === undefined ? [] : ["", ...notes]), ""].join("\n");
}

const flags = (long: string, { short, value }: Option): string =>
  `${short === undefined ? "    " : `-${short}, `}--${long}${value === undefined ? "" : ` ${value}`}`;

/** `lead` and then the words, wrapped under each other. */
function hang(lead: string, words: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = lead;
  for (const word of words.split(" ")) {
    if (line.length + word.length > width && line.trim() !== "" && line.length > lead.length) {
      lines.push(line.trimEnd());
      line = " ".repeat(lead.length);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
