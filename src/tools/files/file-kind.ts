/** What a file is, told by its first bytes. `mediaType` is set for images that models take. */
export type FileKind = { readonly name: string; readonly mediaType?: string };

/** The kind of a file of known signature; `undefined` for text and for what nobody knows. A kilobyte is enough. */
export function kindOf(start: Uint8Array): FileKind | undefined {
  const head = Buffer.from(start.subarray(0, 16)).toString("latin1");
  return SIGNATURES.find(({ pattern }) => pattern.test(head))?.kind;
}

/** Whether these bytes of a file are no text: a NUL, or more than one character in ten that is no UTF-8. */
export function looksBinary(start: Uint8Array): boolean {
  if (start.includes(0)) return true;
  const text = new TextDecoder("utf-8").decode(start);
  let wrong = 0;
  for (let at = text.indexOf("\uFFFD"); at !== -1; at = text.indexOf("\uFFFD", at + 1)) wrong += 1;
  return wrong > 1 && wrong * 10 > text.length;
}

const signature = (pattern: RegExp, name: string, mediaType?: string) => ({
  pattern,
  kind: mediaType === undefined ? { name } : { name, mediaType },
});

/** First bytes as Latin-1. */
const SIGNATURES: readonly { readonly pattern: RegExp; readonly kind: FileKind }[] = [
  signature(/^\x89PNG\r\n\x1a\n/, "PNG image", "image/png"),
  signature(/^\xff\xd8\xff/, "JPEG image", "image/jpeg"),
  signature(/^GIF8[79]a/, "GIF image", "image/gif"),
  signature(/^RIFF[^]{4}WEBP/, "WebP image", "image/webp"),
  signature(/^%PDF-/, "PDF document"),
  signature(/^PK(\x03\x04|\x05\x06)/, "ZIP archive or office document"),
  signature(/^\x1f\x8b/, "gzip data"),
  signature(/^\x28\xb5\x2f\xfd/, "Zstandard data"),
  signature(/^BZh[1-9]/, "bzip2 data"),
  signature(/^\xfd7zXZ\0/, "xz data"),
  signature(/^7z\xbc\xaf/, "7z archive"),
  signature(/^\x7fELF/, "ELF program"),
  signature(/^MZ[^]{2,}\0/, "Windows program"),
  signature(/^(\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe)/, "Mach-O program or Java class"),
  signature(/^\0asm/, "WebAssembly module"),
  signature(/^SQLite format 3\0/, "SQLite database"),
];
