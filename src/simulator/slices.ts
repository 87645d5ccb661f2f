/** The text in pieces of `size` UTF-16 units, one more where a piece would end inside a character. */
export function slices(text: string, size: number): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  while (from < text.length) {
    const last = text.charCodeAt(from + size - 1);
    const to = from + size + (last >= 0xd800 && last <= 0xdbff ? 1 : 0);
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}
