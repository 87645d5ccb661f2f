import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matchEdit, type EditMatch } from "#tools/edit/match.ts";

const FILE = `import math

class Shop:
    def total(self, items):
        result = 0
        for item in items:
            result += add(item, tax)
            print("cost", item)
        return result

    def empty(self):
        return True
`;
const OLD = `        for item in items:
            result += add(item, tax)
            print("cost", item)
        return result
`;
const NEW = OLD.replace("result += add(item, tax)", "result -= add(item, fee)");
const WANTED = FILE.replace(OLD, NEW);

const edit = (text: string, oldText: string, newText: string): EditMatch => matchEdit({ text, oldText, newText, replaceAll: false });

function applied(text: string, match: EditMatch): string {
  if (match.kind !== "found") return match.kind;
  let result = "";
  let end = 0;
  for (const splice of match.splices) {
    assert.ok(splice.start >= end && splice.end >= splice.start);
    result += text.slice(end, splice.start) + splice.text;
    end = splice.end;
  }
  return result + text.slice(end);
}

const eachLine =
  (change: (line: string, index: number) => string) =>
  (text: string): string =>
    text
      .split("\n")
      .map((line, index, lines) => (index === lines.length - 1 && line === "" ? "" : change(line, index)))
      .join("\n");
const tabbed = eachLine((line) => line.replace(/^ +/, (blanks) => "\t".repeat(blanks.length / 4)));

/** How models write the text of a file wrongly. */
const MANGLED: { readonly [name: string]: (text: string) => string } = {
  exact: (text) => text,
  "trailing blanks": eachLine((line) => `${line}  `),
  "tabs for spaces": tabbed,
  "two blanks for four": eachLine((line) => line.replace(/^ +/, (blanks) => " ".repeat(blanks.length / 2))),
  "indentation lost": eachLine((line) => line.trimStart()),
  "indentation less by two levels": eachLine((line) => line.slice(8)),
  "first indentation lost": (text) => text.trimStart(),
  "first indentation lost, trailing blanks": (text) => eachLine((line) => `${line} `)(text.trimStart()),
  "inner spacing": (text) => text.replaceAll(", ", ","),
  "inner spacing, trailing blanks": (text) => text.replaceAll(" += ", "+=").replaceAll(" -= ", "-=").replaceAll("\n", " \n"),
  "inner spacing, tabs": (text) => tabbed(text).replaceAll(", ", ","),
  "one-letter typo": (text) => text.replaceAll("items", "itmes"),
  "one-letter typo, tabs": (text) => tabbed(text).replaceAll("print(", "prnt("),
  "typo in the first and last line": (text) => text.replace("items:", "itemss:").replace("return", "retrun"),
  "doubled escapes": (text) => text.replaceAll("\n", "\\n"),
  "doubled escapes, quotes too": (text) => text.replaceAll('"', '\\"').replaceAll("\n", "\\n"),
  "doubled escapes of quotes alone": (text) => text.replaceAll('"', '\\"'),
  "typographic quotes": (text) => text.replaceAll('("', "(“").replaceAll('",', "”,"),
  "blanks that do not break": (text) => text.replaceAll(" ", "\u00a0"),
  "line numbers as read gives them": eachLine((line, index) => `${index + 6}→${line}`),
  "line numbers of cat -n": eachLine((line, index) => `${String(index + 6).padStart(6)}\t${line}`),
  "line numbers with a bar": eachLine((line, index) => `${index + 6}|${line}`),
  "line numbers with a bar and a blank": eachLine((line, index) => `${index + 6}| ${line}`),
};

for (const [name, mangle] of Object.entries(MANGLED)) {
  test(`python block, ${name}: applied as meant`, () => {
    const match = edit(FILE, mangle(OLD), mangle(NEW));
    assert.equal(applied(FILE, match), WANTED);
    assert.equal(match.kind === "found" && match.corrections.length > 0, !["exact", "first indentation lost"].includes(name));
  });
  test(`python block, ${name}, no line break at the end: applied as meant`, () => {
    assert.equal(applied(FILE, edit(FILE, mangle(OLD.trimEnd()), mangle(NEW.trimEnd()))), WANTED);
  });
}

/** Changes of structure: what the model makes of the block. */
const REWRITES: { readonly [name: string]: string } = {
  "a line more": OLD.replace("        return", "        log(result)\n        return"),
  "a nested block more": OLD.replace("        return", "        if result < 0:\n            result = 0\n        return"),
  "a line less": OLD.replace('            print("cost", item)\n', ""),
  "a line moved": OLD.replace('            print("cost", item)\n', "").replace("result +=", 'print("cost", item)\n            result +='),
  "all new": "        return sum(items)\n",
  "one level more": OLD.replace(/^/gm, "    ").replace(/^ +$/m, "").replace(/^/, "        if items:\n"),
  nothing: "",
};

for (const [change, rewrite] of Object.entries(REWRITES)) {
  for (const [name, mangle] of Object.entries(MANGLED)) {
    // Without its first indentation the text means these two differently.
    if (name.startsWith("first indentation lost") && (change === "nothing" || change === "one level more")) continue;
    test(`python block, ${change}, ${name}: as meant or refused`, () => {
      const meant = FILE.replace(OLD, () => rewrite);
      const match = edit(FILE, mangle(OLD), mangle(rewrite));
      // A level that was lost cannot be guessed; a first line without its indentation is exact to the letter.
      const mayRefuse = name === "indentation lost" || name.includes("escapes") || name.includes("typo") || name.startsWith("line numbers");
      if (match.kind !== "found" && mayRefuse) return void assert.equal(match.kind === "unsafe" || match.kind === "missing", true);
      if (name === "inner spacing" || name.startsWith("inner spacing,")) assert.equal(squeezed(applied(FILE, match)), squeezed(meant));
      else assert.equal(applied(FILE, match), meant);
    });
  }
}

/** New lines are in the model's own spacing. */
const squeezed = (text: string): string => text.replaceAll(/(?<=\S) +| +$/gm, "");

test("property: an exact, unique text is replaced to the letter", () => {
  const character = fc.constantFrom("a", "b", " ", "\n", "\t", "\\", '"', "“", "$", "1", "|", "é");
  const characters = fc.array(character, { minLength: 1, maxLength: 80 });
  fc.assert(
    fc.property(characters, fc.tuple(fc.nat(), fc.nat()), characters, (file, [from, length], fresh) => {
      const text = file.join("");
      const start = from % text.length;
      const oldText = text.slice(start, start + 1 + (length % (text.length - start)));
      fc.pre(text.indexOf(oldText) === text.lastIndexOf(oldText));
      const newText = fresh.join("");
      assert.equal(applied(text, edit(text, oldText, newText)), text.slice(0, start) + newText + text.slice(start + oldText.length));
    }),
    { numRuns: 500 },
  );
});

test("property: a mangled text does what is meant or nothing", () => {
  const words = fc.constantFrom("first", "second", "third", "fourth", "value", "result", "if", "x");
  const [middle, tail] = [fc.constantFrom(" = ", ", ", "(", "."), fc.constantFrom("", ":", ")", ' + "s"')];
  const line = fc.tuple(words, middle, words, tail).map((parts) => parts.join(""));
  const block = fc.array(fc.tuple(fc.nat({ max: 3 }), line), { minLength: 3, maxLength: 12 });
  const mangle = fc.constantFrom(...Object.entries(MANGLED).filter(([name]) => !name.startsWith("inner") && !name.includes("typo")));
  const action = fc.constantFrom("change", "insert", "remove");
  let found = 0;
  fc.assert(
    fc.property(block, fc.tuple(fc.nat(), fc.nat(), fc.nat()), fc.tuple(line, mangle, action), (lines, [from, size, spot], way) => {
      const [fresh, [name, mangled], act] = way;
      const file = lines.map(([level, text]) => "    ".repeat(level) + text);
      const start = from % file.length;
      const old = file.slice(start, start + 1 + (size % (file.length - start)));
      const at = spot % old.length;
      const indent = /^ */.exec(old[at] ?? "")?.[0] ?? "";
      const wanted = old.toSpliced(at, act === "insert" ? 0 : 1, ...(act === "remove" ? [] : [indent + fresh]));
      // Where the first line changes its indentation, the text without it says something else.
      fc.pre(wanted.length > 0 && !(name.startsWith("first") && /^ */.exec(wanted[0] ?? "")?.[0] !== /^ */.exec(old[0] ?? "")?.[0]));
      const [oldText, newText] = [`${old.join("\n")}\n`, `${wanted.join("\n")}\n`];
      const text = `${file.join("\n")}\n`;
      // Of two places that differ in indentation alone, a text without any means the one without any.
      const bare = (indented: string): string => `\n${indented}`.replaceAll(/^ +/gm, "");
      fc.pre(bare(text).indexOf(bare(oldText)) === bare(text).lastIndexOf(bare(oldText)));
      fc.pre(!(name.includes("two levels") && /^ {0,7}\S/m.test(oldText + newText)));
      // What stands there to the letter is taken to the letter.
      fc.pre(name === "exact" || !text.includes(mangled(oldText)));
      const match = edit(text, mangled(oldText), mangled(newText));
      if (match.kind !== "found") return;
      found += 1;
      const meant = [...file.slice(0, start), ...wanted, ...file.slice(start + old.length)].join("\n");
      assert.equal(applied(text, match), `${meant}\n`);
    }),
    { numRuns: 1_500 },
  );
  assert.ok(found > 300, `only ${found} were applied`);
});
