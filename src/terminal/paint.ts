import { styleText } from "node:util";

/** Colours for one stream; plain where it is no terminal or NO_COLOR is set. */
export type Paint = Readonly<Record<"bold" | "dim" | "red" | "green" | "yellow" | "cyan", (text: string) => string>>;

export function paintFor(stream: NodeJS.WriteStream): Paint {
  const painter = (style: "bold" | "dim" | "red" | "green" | "yellow" | "cyan") => (text: string) => styleText(style, text, { stream });
  return {
    bold: painter("bold"),
    dim: painter("dim"),
    red: painter("red"),
    green: painter("green"),
    yellow: painter("yellow"),
    cyan: painter("cyan"),
  };
}

/** What a terminal must not be sent by a model or a file: control characters that move the cursor or change its state. */
export const printable = (text: string): string => text.replace(CONTROLS, "");

const CONTROLS = /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** At most `width` columns; what is cut ends in an ellipsis. Counts UTF-16 units, which is exact for paths and commands. */
export const clip = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`);
