import { createHash } from "node:crypto";
import type { Quirks } from "#wires/quirks.ts";

/** A tool call id in the form that the provider takes. The same id always gives the same one, so a call and its result still match. */
export function printToolId(id: string, form: Quirks["toolIds"]): string {
  if (form === undefined || /^[A-Za-z0-9]{9}$/.test(id)) return id;
  const digest = createHash("sha256").update(id).digest();
  return Array.from(digest.subarray(0, 9), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
