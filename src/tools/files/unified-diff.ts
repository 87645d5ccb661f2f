/** A change to a file, as people and models read it. */
type FileChange = { readonly path: string; readonly before: string; readonly after: string };

/** Characters of a diff that a model is shown. */
export const DIFF_LIMIT = 4_000;

/** Unified diff of two texts with LF line ends. Texts with very many differences are shown as removed and added whole. */
export async function unifiedDiff({ path, before, after }: FileChange): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const options = { context: 3, maxEditLength: EDITS_LIMIT, headerOptions: FILE_HEADERS_ONLY };
  const from = before === "" ? "/dev/null" : path;
  return createTwoFilesPatch(from, path, before, after, undefined, undefined, options) ?? wholeDiff(path, before, after);
}

/** Lines added and removed; comparing takes time with their square. */
const EDITS_LIMIT = 2_000;

function wholeDiff(path: string, before: string, after: string): string {
  const [removed, added] = [before, after].map((text) => text.replace(/\n$/, "").split("\n"));
  const sign = (mark: string, lines: readonly string[] = []): string => lines.map((line) => `${mark}${line}\n`).join("");
  const head = `--- ${path}\n+++ ${path}\n@@ -1,${removed?.length ?? 0} +1,${added?.length ?? 0} @@\n`;
  return head + sign("-", removed) + sign("+", added);
}

/** The first lines of a diff, whole lines up to `limit` characters, and a word on what was left out. */
export function cappedDiff(diff: string, limit: number): string {
  if (diff.length <= limit) return diff;
  const end = diff.lastIndexOf("\n", limit);
  const shown = end === -1 ? diff.slice(0, limit) : diff.slice(0, end);
  const left = diff.slice(shown.length).trim().split("\n").length;
  return `${shown}\n[${left} more lines of the diff not shown]\n`;
}
