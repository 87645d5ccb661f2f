import { nearest } from "#base/nearest.ts";
import { UsageError } from "#base/usage-error.ts";

/** The value where it is one of the choices; `taker` is what takes it (`--auto`). Throws `UsageError` naming them. */
export function oneOf<Choice extends string>(taker: string, value: string, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const [near] = nearest(value, choices);
  throw new UsageError(
    `${taker} does not take ${JSON.stringify(value)}`,
    `It takes ${choices.join(", ")}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
  );
}

export function positiveNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value.replace(/^\$/, ""));
  if (value.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new UsageError(`--${option} needs a number above 0, not ${JSON.stringify(value)}`, `For example: --${option} 1.50`);
}

export function positiveInteger(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (value.trim() !== "" && Number.isSafeInteger(number) && number > 0) return number;
  throw new UsageError(`--${option} needs a whole number above 0, not ${JSON.stringify(value)}`, `For example: --${option} 20`);
}
