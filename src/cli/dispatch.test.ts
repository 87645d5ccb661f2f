import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "#base/usage-error.ts";
import { dispatch } from "#cli/dispatch.ts";

const { stdin, stdout, stderr } = process;
const around = { env: {}, cwd: "/", stdin, stdout, stderr, secrets: new Set<string>(), signal: new AbortController().signal };

/** What is told of a command line that is not run. */
async function refusal(...argv: readonly string[]): Promise<string> {
  let told = "";
  await assert.rejects(dispatch(argv, around), (error) => {
    assert.ok(error instanceof UsageError, String(error));
    told = `${error.message} | ${error.advice}`;
    return true;
  });
  return told;
}

test("a command line with a mistake is told which, and what was probably meant", async () => {
  assert.match(await refusal("exek"), /unknown command "exek" \| Did you mean `factory exec`/);
  assert.match(await refusal("constructor"), /unknown command "constructor" \| `factory --help`/);
  assert.match(await refusal("--modle"), /unknown option "--modle"/);
  assert.match(await refusal("exec", "--modle", "x"), /unknown option --modle for exec \| Did you mean --model/);
  assert.match(await refusal("exec", "--model"), /--model needs a value/);
  assert.match(await refusal("exec", "--quiet=yes", "x"), /--quiet takes no value/);
  assert.match(await refusal("exec", "-m"), /-m.* needs a value/);
  assert.match(await refusal("providers", "groq"), /providers takes no arguments, but was given "groq"/);
});
