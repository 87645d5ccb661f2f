/** `note` tells the model how its pattern was taken, where that is not as it was written. */
export type SearchPattern = { readonly regex: RegExp; readonly note: string | undefined };

/**
 * The JavaScript pattern that a model meant: a leading `(?i)` of other dialects is understood, and what is no pattern is searched as
 * plain text.
 */
export function searchPattern(written: string, ignoreCase: boolean): SearchPattern {
  const inline = written.startsWith("(?i)");
  const source = inline ? written.slice(4) : written;
  // Only with `u` does `\p{…}` mean a class; without it, needless backslashes are forgiven.
  const flags = (ignoreCase || inline ? "i" : "") + (/\\p\{/i.test(source) ? "u" : "");
  try {
    return { regex: new RegExp(source, flags), note: undefined };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const plain = source.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
    return { regex: new RegExp(plain, flags.replace("u", "")), note: `${reason}. Searched as plain text instead.` };
  }
}
