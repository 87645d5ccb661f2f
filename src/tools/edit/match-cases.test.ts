import assert from "node:assert/strict";
import { test } from "node:test";
import { matchEdit, type EditMatch } from "#tools/edit/match.ts";
import { applySplices } from "#tools/edit/splice.ts";

const edit = (text: string, oldText: string, newText: string): EditMatch => matchEdit({ text, oldText, newText, replaceAll: false });
const editAll = (text: string, oldText: string, newText: string): EditMatch => matchEdit({ text, oldText, newText, replaceAll: true });
const applied = (text: string, match: EditMatch): string => (match.kind === "found" ? applySplices(text, match.splices) : match.kind);

const PORTS = "const port1 = open(80);\nconst port2 = open(81);\nfunction close() {\n  done();\n}\n";
const NESTED = "if a:\n    one()\n    two()\nelse:\n    one()\n";

type Refusal = readonly [name: string, text: string, oldText: string, newText: string, kind: "ambiguous" | "unsafe" | "missing"];
const REFUSED: readonly Refusal[] = [
  ["nothing like it", PORTS, "class Nothing {}", "x", "missing"],
  ["two exact places", PORTS, "const port", "let port", "ambiguous"],
  ["overlapping places", "aaa", "aa", "b", "ambiguous"],
  ["two places but for indentation", NESTED, "\tone()\n", "\tthree()\n", "ambiguous"],
  ["two places but for spacing", "f(a, b)\nf(a , b)\n", "f(a,b)", "g(a,b)", "ambiguous"],
  ["two places but for blanks at the end", "x = 1\ny\nx = 1 \ny \n", "x = 1  \ny", "x = 2\ny", "ambiguous"],
  ["two places with typographic quotes", 'say("a")\nsay("a")\n', "say(“a”)", "say(“b”)", "ambiguous"],
  ["two candidates for a typo", "calculate_total(price)\ncalculate_totel(price)\n", "calculate_totil(price)", "sum(price)", "ambiguous"],
  ["another figure", PORTS, "const port3 = open(80);", "const port3 = open(90);", "missing"],
  ["another operator", "while (count < limit) step();\n", "while (count > limit) step();", "while (count > 5) step();", "missing"],
  ["a negation more", "if (valid(input)) accept();\n", "if (!valid(input)) accept();", "if (!valid(input)) reject();", "missing"],
  [
    "a name that the file has elsewhere",
    "userNames = load()\nuserName = first\n\nprint(userNames, 1, 2, 3)\n",
    "print(userName, 1, 2, 3)",
    "print(userName)",
    "unsafe",
  ],
  ["a short word off", "let cat = animal(1, 2);\n", "let car = animal(1, 2);", "let car = 1;", "missing"],
  ["too many typos", "the quick brown fox jumps\n", "teh qiuck borwn fox jmups", "x", "missing"],
  ["a word too many", "return compute(value)\n", "return await compute(value)", "return value", "missing"],
  ["other nesting", "if a:\n    one()\n    two()\nend()\n", "if a:\n\tone()\ntwo()\n", "if a:\n\tone()\nthree()\n", "unsafe"],
  [
    "levels merged by the model",
    "if a:\n    if b:\n        two()\n",
    "  if a:\n  if b:\n    two()\n",
    "  if a:\n  if b:\n    three()\n",
    "unsafe",
  ],
  ["lost indentation and new lines", NESTED, "if a:\none()\ntwo()\nelse:", "if a:\none()\nthree()\ntwo()\nelse:", "unsafe"],
  [
    "lost indentation and a new block",
    "def f():\n    if a:\n        one()\n    two()\n",
    "if a:\none()\ntwo()",
    "if a:\none()\nif b:",
    "unsafe",
  ],
  ["a flat block without its own indentation", "if a:\n    x(1)\n    y(2)\n", "x(1)\ny(2) \n", "x(1)\nif b:\ny(2) \n", "unsafe"],
  ["one line, so that the next may be indented from anywhere", "if a:\n    x(1)\n", "x(1) \n", "x(1) \n    y(2)\n", "unsafe"],
  ["blanks only", PORTS, "   \n  \n", "x", "missing"],
  ["line numbers out of order", PORTS, "4→function close() {\n7→  done();", "4→function shut() {\n7→  done();", "missing"],
  ["line numbers on some new lines only", PORTS, "3→function close() {\n4→  done();", "3→function shut() {\n  undone();", "missing"],
  ["a numbered line is no part of a line", "maximum = 1\n", "1→max", "1→min", "missing"],
  ["an escape that belongs to a string", "a()\nb()\n", "a()\\nb()", "a()\\nprint('x\\n')", "missing"],
  ["a tab that belongs to a string", "a('1')\nb()\n", "a(\\'1\\')\\nb()", "a(\\'1\\')\\nb(\\'x\\ty\\')", "missing"],
  ["a pattern among escapes", "a()\nb()\n", "a()\\nb()", "a()\\nb(/\\d/)", "missing"],
  ["the break at the end left out", "x = 1\ny = 2\n", "x  =  1\n", "x  =  3", "unsafe"],
  ["regular expression signs", "axb\n", "a.b", "c", "missing"],
  ["other case of a known word", "Total = total + 1  # grow\n", "total = total + 1  # grow", "x", "unsafe"],
];
for (const [name, text, oldText, newText, kind] of REFUSED) {
  test(`refused: ${name}`, () => assert.equal(edit(text, oldText, newText).kind, kind));
}

const DEEP = "if a:\n    if b:\n        if c:\n";

type Applied = readonly [name: string, text: string, oldText: string, newText: string, wanted: string];
const APPLIED: readonly Applied[] = [
  ["dollar signs are text", "a.b*c\n", "a.b*c", "$& $1 $$ $`", "$& $1 $$ $`\n"],
  ["dollar signs after a correction", "  a.b*c\n", "\ta.b*c \n", "\t$& $1 $$\n", "  $& $1 $$\n"],
  [
    "makefile: blanks become tabs",
    "all:\n\tcc -o a\n\tstrip a\n",
    "    cc -o a\n    strip a",
    "    cc -o b\n    if x; then \\\n        y; fi",
    "all:\n\tcc -o b\n\tif x; then \\\n\t\ty; fi\n",
  ],
  ["a blank line with blanks in the file", "a:\n  b\n  \n  c\n", "  b\n\n  c", "  b\n\n  d", "a:\n  b\n  \n  d\n"],
  ["markdown breaks are kept", "one  \ntwo  \nthree\n", "one\ntwo", "one\n2", "one  \n2  \nthree\n"],
  [
    "file with typographic quotes, plain in the model's text",
    "Er sagte „ja“ und ging – fort.\n",
    'sagte "ja" und ging - fort',
    'sagte "ja" und kam - fort',
    "Er sagte „ja“ und kam – fort.\n",
  ],
  [
    "a typo stays the file's in unchanged words",
    "const reslut = compute(1, 2);\n",
    "const result = compute(1, 2);",
    "const result = compute(1, 3);",
    "const reslut = compute(1, 3);\n",
  ],
  [
    "a misspelt word in new lines is the file's",
    "def calculate(a):\n    return a\n",
    "def calcualte(a):\n    return a\n",
    "def calcualte(a):\n    log(calcualte)\n    return a\n",
    "def calculate(a):\n    log(calculate)\n    return a\n",
  ],
  ["brackets do not grow together with words", "x = ( a + b )\n", "x = (a + b)", "x = (not a + b)", "x = (not a + b )\n"],
  ["words stay apart", "x = (a+b)\n", "x = ( a + b )", "x = ( not a + b )", "x = ( not a+b)\n"],
  [
    "half the indentation and typographic quotes",
    'if a:\n    p("x")\n',
    "  p(“x”)\n",
    "  if b:\n    p(“x”)\n",
    'if a:\n    if b:\n        p("x")\n',
  ],
  [
    "one tab for three levels",
    `${DEEP}            x(1)\n`,
    "\tx(1)\n",
    "\tif d:\n\t\tx(1)\n",
    `${DEEP}            if d:\n                x(1)\n`,
  ],
  [
    "a shorter first level, the first line removed",
    "if z:\n    if a:\n        x(1)\n",
    "if a: \n    x(1)\n",
    "    x(2)\n",
    "if z:\n        x(2)\n",
  ],
  ["the last line without a break", "a\n  b", "\tb\n", "\tc\n", "a\n  c"],
  ["a literal \\n in the file is exact", 'print("a\\nb")\n', "a\\nb", "a\\nc", 'print("a\\nc")\n'],
  [
    "the string that contains the text is another line",
    'x = "return one"\n    return one\n',
    "\treturn one\n",
    "\treturn two\n",
    'x = "return one"\n    return two\n',
  ],
];
for (const [name, text, oldText, newText, wanted] of APPLIED) {
  test(`applied: ${name}`, () => assert.equal(applied(text, edit(text, oldText, newText)), wanted));
}

test("replace_all changes every place, each with its own indentation", () => {
  assert.equal(applied("a a a", editAll("a a a", "a", "aa")), "aa aa aa");
  assert.equal(applied("aaaa", editAll("aaaa", "aa", "b")), "bb");
  const text = "if a:\n    go(1)\n    stop()\nfor b:\n        go(1)\n        stop()\n";
  assert.equal(applied(text, editAll(text, "\tgo(1)\n\tstop()", "\tgo(2)\n\tstop()")), text.replaceAll("go(1)", "go(2)"));
});

test("a typo is never corrected in several places at once", () => {
  assert.equal(editAll("calculate(price)\ncalculate(price)\n", "calcluate(price)", "x").kind, "ambiguous");
});

test("five megabytes and lines of a megabyte are searched through", () => {
  const line = "    value = compute(alpha, beta)  # comment\n";
  const many = line.repeat(120_000);
  assert.equal(edit(`${many}    unique = compute(alpha,beta)\n`, "unique = compute(alpha, beta)", "unique = 1").kind, "found");
  assert.equal(edit(many, "value = compare(alpha, beta, gamma)", "x").kind, "missing");
  const same = "value = compute(alpha, beta)\n";
  assert.equal(edit(same.repeat(100_000), `${same.repeat(1_000)}end()`, "x").kind, "missing");
  assert.equal(edit(same.repeat(100_000), `${same.replace("value", "vlaue").repeat(150)}end()`, "x").kind, "missing");
  const long = `x = "${"lorem ipsum ".repeat(100_000)}"\n`;
  assert.equal(edit(long + long, `${"lorem  ipsum ".repeat(1_000)}`, "y").kind, "missing");
});
