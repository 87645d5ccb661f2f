/** How a file's text is stored. `newline` is the commoner of its line ends; `undefined` where it has none. */
export type TextForm = {
  readonly encoding: "utf-8" | "utf-16le" | "utf-16be";
  readonly bom: boolean;
  readonly newline: "\n" | "\r\n" | undefined;
};

/** `text` is without the byte order mark; its line ends are as stored. */
export type StoredText = { readonly text: string; readonly form: TextForm };

/** The text of a file, or `undefined` where its bytes are no text that could be written back unchanged. */
export function decodeText(bytes: Uint8Array): StoredText | undefined {
  const { encoding, bomLength } = sniffEncoding(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(bomLength));
  } catch {
    return undefined;
  }
  if (text.includes("\0")) return undefined;
  return { text, form: { encoding, bom: bomLength > 0, newline: commonNewline(text) } };
}

/** The bytes of a text whose line ends are already as they shall be stored. */
export function encodeText(text: string, form: TextForm): Uint8Array {
  const whole = form.bom && !text.startsWith(BOM) ? BOM + text : text;
  switch (form.encoding) {
    case "utf-8":
      return Buffer.from(whole, "utf8");
    case "utf-16le":
      return Buffer.from(whole, "utf16le");
    case "utf-16be":
      return Buffer.from(whole, "utf16le").swap16();
  }
}

/** The encoding that a file's first bytes tell: UTF-8 unless a mark says UTF-16. `bomLength` is in bytes. */
export function sniffEncoding(bytes: Uint8Array): { readonly encoding: TextForm["encoding"]; readonly bomLength: number } {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return { encoding: "utf-16le", bomLength: 2 };
  if (first === 0xfe && second === 0xff) return { encoding: "utf-16be", bomLength: 2 };
  return { encoding: "utf-8", bomLength: first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0 };
}

export const toLf = (text: string): string => text.replaceAll("\r\n", "\n");

const BOM = "\uFEFF";

function commonNewline(text: string): TextForm["newline"] {
  let lf = 0;
  let crlf = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) {
    if (text.charCodeAt(at - 1) === CR) crlf += 1;
    else lf += 1;
  }
  return lf + crlf === 0 ? undefined : crlf > lf ? "\r\n" : "\n";
}

const CR = 13;
