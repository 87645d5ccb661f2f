/** Translates an indentation of the model's text to the file's; `undefined` where that would be a guess. */
type Reindent = (indent: string) => string | undefined;

export type IndentEvidence = {
  /** The lines of the file that were found, and the model's lines for them: as many. */
  readonly found: readonly string[];
  readonly oldLines: readonly string[];
  readonly newLines: readonly string[];
  /** One level of the file's indentation: a tab or blanks; `undefined` where nothing is nested. */
  readonly fileUnit: string | undefined;
};

/** `lost`: the model wrote lines of several levels without any indentation, so that only the place of a line tells its level. */
export type Indents = { readonly lost: boolean; readonly reindent: Reindent };

/** Learns how the model's indentation stands for the file's; `undefined` where the two nest differently and so mean different things. */
export function learnIndents(evidence: IndentEvidence): Indents | undefined {
  const { found, oldLines, newLines } = evidence;
  const known = new Map<string, string>();
  let lost = false;
  for (const [index, line] of oldLines.entries()) {
    if (isBlank(line)) continue;
    const from = indentOf(line);
    const to = indentOf(found[index] ?? "");
    if (known.has(from) && known.get(from) !== to) lost = true;
    known.set(from, to);
  }
  if (lost) return known.size === 1 && known.has("") ? { lost, reindent: () => undefined } : undefined;
  const points = [...known].sort(([left], [right]) => left.length - right.length);
  if (points.some(([, to], index) => index > 0 && to.length <= (points[index - 1]?.[1].length ?? 0))) return undefined;
  if (points.every(([from, to]) => from === to) || writtenForFile(points, newLines)) return { lost, reindent: (indent) => indent };
  if (points.length === 1 && hasFlatBlock(newLines)) return undefined;
  const convert = unitConverter(points, evidence);
  // One line without indentation does not tell whether the lines after it are indented from the margin or from that line on.
  const [only] = oldLines.filter((line) => !isBlank(line)).length === 1 ? points : [];
  if (only?.[0] === "") return { lost, reindent: (indent) => (indent === "" ? only[1] : undefined) };
  return { lost, reindent: (indent) => known.get(indent) ?? extrapolate(indent, points, convert) };
}

export const indentOf = (line: string): string => /^\s*/.exec(line)?.[0] ?? "";
export const isBlank = (line: string): boolean => line.trim() === "";

/** One level of the indentation that these lines use: a tab, or the commonest step from one line to a deeper one. */
export function indentUnit(...texts: readonly (readonly string[])[]): string | undefined {
  const counts = new Map<string, number>();
  const seen = (unit: string): unknown => counts.set(unit, (counts.get(unit) ?? 0) + 1);
  for (const lines of texts) {
    let previous = Infinity;
    for (const line of lines) {
      if (isBlank(line)) continue;
      const blanks = indentOf(line);
      if (blanks.startsWith("\t")) seen("\t");
      const step = blanks.length - previous;
      if (step > 1 && step <= 8 && !blanks.includes("\t")) seen(" ".repeat(step));
      previous = blanks.length;
    }
  }
  return [...counts].sort(([unit, count], [other, more]) => more - count || unit.length - other.length)[0]?.[0];
}

type Points = readonly (readonly [from: string, to: string])[];
type Convert = (indent: string) => string | undefined;

/** Whether the new text is indented as the file is, although the old text was not. */
function writtenForFile(points: Points, newLines: readonly string[]): boolean {
  const first = newLines.find((line) => !isBlank(line));
  const [from, to] = points[0] ?? ["", ""];
  if (first === undefined || to === "") return false;
  const indents = newLines.filter((line) => !isBlank(line)).map(indentOf);
  // What the old text has too is explained by it.
  if (points.some(([indent]) => indent === indentOf(first))) return false;
  if (from === "") return indentOf(first) === to && indents.every((indent) => indent.startsWith(to));
  const mark = from[0] ?? "";
  return mark !== to[0] && indents.every((indent) => !indent.includes(mark)) && indents.some((indent) => indent !== "");
}

/** Whether a line that must have deeper ones after it has none: the new text has lost its own indentation too. */
function hasFlatBlock(lines: readonly string[]): boolean {
  const filled = lines.filter((line) => !isBlank(line));
  return filled.some((line, index) => line.trimEnd().endsWith(":") && indentOf(filled[index + 1] ?? line).length <= indentOf(line).length);
}

/** Turns levels of the model's indentation into as many of the file's. */
function unitConverter(points: Points, { oldLines, newLines, fileUnit }: IndentEvidence): Convert {
  const [first, second] = points;
  if (first !== undefined && second?.[0].startsWith(first[0]) && second[1].startsWith(first[1])) {
    return scaler(second[0].slice(first[0].length), second[1].slice(first[1].length));
  }
  const modelUnit = first?.[0].startsWith("\t") === true ? "\t" : indentUnit(oldLines, newLines);
  if (modelUnit !== undefined && fileUnit !== undefined) return scaler(modelUnit, fileUnit);
  return (indent) => (indent === "" || indent.length % (fileUnit?.length ?? Infinity) === 0 ? indent : undefined);
}

const scaler =
  (from: string, to: string): Convert =>
  (indent) => {
    const mark = from[0] ?? "";
    const length = (indent.length * to.length) / from.length;
    if (indent !== mark.repeat(indent.length) || !Number.isInteger(length)) return undefined;
    return (to[0] ?? "").repeat(length);
  };

/** An indentation that the old text has not, from the ones it has; all must agree. */
function extrapolate(indent: string, points: Points, convert: Convert): string | undefined {
  const results = new Set<string | undefined>();
  for (const [from, to] of points) {
    if (indent.startsWith(from)) {
      const deeper = convert(indent.slice(from.length));
      results.add(deeper === undefined ? undefined : to + deeper);
    } else if (from.startsWith(indent)) {
      const less = convert(from.slice(indent.length));
      results.add(less !== undefined && to.endsWith(less) ? to.slice(0, to.length - less.length) : undefined);
    } else {
      results.add(undefined);
    }
  }
  return results.size === 1 ? [...results][0] : undefined;
}
