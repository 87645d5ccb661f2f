import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, inflateSync } from "node:zlib";
import { squarePng } from "#app/check/png.ts";

test("a PNG of one colour: signature, whole chunks with right checksums, and rows of that colour", () => {
  const png = squarePng(3, [220, 10, 0]);
  assert.equal(png.subarray(0, 8).toString("latin1"), "\u0089PNG\r\n\u001a\n");
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
    chunks.set(body.toString("latin1", 0, 4), body.subarray(4));
    at += length + 12;
  }
  assert.deepEqual([...chunks.keys()], ["IHDR", "IDAT", "IEND"]);
  assert.deepEqual([...(chunks.get("IHDR") ?? [])], [0, 0, 0, 3, 0, 0, 0, 3, 8, 2, 0, 0, 0]);
  const row = [0, 220, 10, 0, 220, 10, 0, 220, 10, 0];
  assert.deepEqual([...inflateSync(chunks.get("IDAT") ?? Buffer.alloc(0))], [...row, ...row, ...row]);
});
