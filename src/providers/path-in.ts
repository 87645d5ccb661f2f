import { isObject } from "#base/json.ts";

/** What stands at a path with dots between levels (`limits.context`), or `undefined`. Reads a stranger's JSON: own properties only. */
export function pathIn(value: unknown, path: string): unknown {
  let at = value;
  for (const step of path.split(".")) {
    if (!isObject(at) || !Object.hasOwn(at, step)) return undefined;
    at = at[step];
  }
  return at;
}
