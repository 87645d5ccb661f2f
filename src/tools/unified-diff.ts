/** A change to a file, as people and models read it. */
export type FileChange = { readonly path: string; readonly before: string; readonly after: string };

/** Characters of a diff that a model is shown. */
export const DIFF_LIMIT = 4_000;

/** Unified diff of two texts with LF line ends; empty where the texts are too different to compare within half a second. */
export async function unifiedDiff({ path, before, after }: FileChange): Promise<string> {
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import("diff");
  const options = { context: 3, timeout: 500, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(before === "" ? "/dev/null" : path, path, before, after, undefined, undefined, options) ?? "";
}

/** The first lines of a diff, whole lines up to `limit` characters, and a word on what was left out. */
export function cappedDiff(diff: string, limit: number): string {
  if (diff.length <= limit) return diff;
  const end = diff.lastIndexOf("\n", limit);
  const shown = end === -1 ? diff.slice(0, limit) : diff.slice(0, end);
  return `${shown}\n[${diff.slice(shown.length).split("\n").length - 1} more lines of the diff not shown]\n`;
}
