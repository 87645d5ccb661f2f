/** Billions of parameters by a model's name: `qwen3:14b` 14, `mixtral-8x7b` 56, `qwen3-30b-a3b` 30; null where it says nothing. */
export function sizeOf(name: string): number | null {
  const sizes = [...name.matchAll(SIZE)].map(([, times, size, unit]) => {
    const one = Number(size) * (unit?.toLowerCase() === "m" ? 0.001 : 1);
    return times === undefined ? one : one * Number(times);
  });
  const largest = Math.max(0, ...sizes);
  return largest > 0 && largest < SIZE_LIMIT ? largest : null;
}

/** A number before `b` or `m` that is a word of its own; `a3b` (the active part of a mixture) is not. */
const SIZE = /(?<![a-z\d.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d+)?)([bm])(?![a-z\d])/gi;

/** Nothing has more parameters, in billions. */
const SIZE_LIMIT = 20_000;

type Hardware = { readonly from: number; readonly to: number; readonly vram: string; readonly example: string };

/** What it takes to run a model at four bits a weight with a window of 32k tokens; sizes in billions of parameters. */
const HARDWARE: readonly Hardware[] = [
  { from: 14, to: 14, vram: "10–12 GB", example: "RTX 4070/4080, or a card with 16 GB" },
  { from: 27, to: 32, vram: "24–32 GB", example: "RTX 3090/4090, or better" },
  { from: 70, to: 70, vram: "48 GB or more", example: "A6000, two cards of 24 GB, or a data-centre card" },
];

/** One line for those who want a small model to work as an agent; null where it is large enough or its size is unknown. */
export function sizeAdvice(name: string, billions: number | null): string | null {
  if (billions === null || billions >= 30) return null;
  const said = `${name} has about ${billions.toLocaleString("en", { maximumFractionDigits: 1 })}B parameters`;
  // What is sold as 7B has up to 7.9.
  if (billions < 8) return `${said}: too small to keep up the loop of tool calls. Take one of ${BETTER}.`;
  return `${said}: good for edits in one file, seldom for a whole task. Safer is one of ${BETTER}.`;
}

const BETTER = HARDWARE.filter(({ from }) => from > 14)
  .map(({ from, to, vram, example }) => `${from === to ? from : `${from}–${to}`}B (${vram} of video memory: ${example})`)
  .join(" or ");
