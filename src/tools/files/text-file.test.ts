import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeText, encodeText, type TextForm } from "#tools/files/text-file.ts";

test("every text survives being written and read in every form", () => {
  const character = fc.constantFrom("a", "é", "😀", "\n", "\r\n", "\t", " ", "漢");
  const encoding = fc.constantFrom("utf-8", "utf-16le", "utf-16be");
  fc.assert(
    fc.property(fc.array(character, { maxLength: 60 }), encoding, fc.boolean(), (characters, form, mark) => {
      const text = characters.join("");
      const bom = mark || form !== "utf-8";
      const stored = decodeText(encodeText(text, { encoding: form, bom, newline: undefined }));
      assert.equal(stored?.text, text);
      assert.equal(stored.form.encoding, form);
      assert.equal(stored.form.bom, bom);
    }),
  );
});

const newlines: readonly (readonly [text: string, newline: TextForm["newline"]])[] = [
  ["", undefined],
  ["a", undefined],
  ["a\n", "\n"],
  ["\n", "\n"],
  ["a\r\nb\r\n", "\r\n"],
  ["a\r\nb\r\nc\n", "\r\n"],
  ["a\r\nb\n", "\n"],
  ["a\rb", undefined],
];
for (const [text, newline] of newlines) {
  test(`${JSON.stringify(text)} has the line end ${JSON.stringify(newline)}`, () => {
    assert.equal(decodeText(Buffer.from(text))?.form.newline, newline);
  });
}

for (const bytes of [[0xff], [0x61, 0xe9, 0x62], [0x61, 0, 0x62], [0xff, 0xfe, 0x61], [0xff, 0xfe, 0, 0xd8]]) {
  test(`bytes ${bytes.join(" ")} are no text`, () => assert.equal(decodeText(Uint8Array.from(bytes)), undefined));
}

test("a mark is written once", () => {
  const form = { encoding: "utf-8", bom: true, newline: undefined } as const;
  assert.deepEqual(encodeText("\uFEFFa", form), encodeText("a", form));
});
