import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { UsageError } from "#base/usage-error.ts";
import { fail, ok, warn, type Check, type DoctorAround } from "#app/doctor/check.ts";
import { runChecks } from "#app/doctor/run-checks.ts";

const around: DoctorAround = {
  env: {},
  cwd: "/",
  home: "/nowhere",
  platform: "linux",
  online: false,
  terminal: { isTty: false, columns: undefined, colourBits: 1 },
  clock: systemClock,
  signal: new AbortController().signal,
};

const check = (id: string, run: Check["run"]): Check => ({ id, title: id, run });

test("checks are told in their order, whichever ends first; the worst finding is the check's state", async () => {
  const slow = check("slow", async () => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return [ok("a"), fail("b", "mend b"), warn("c")];
  });
  const checked = await runChecks([slow, check("quick", async () => [ok("d")]), check("so-so", async () => [warn("e")])], around, {
    secrets: [],
  });
  assert.deepEqual(
    checked.map(({ id, state }) => [id, state]),
    [
      ["slow", "fail"],
      ["quick", "ok"],
      ["so-so", "warn"],
    ],
  );
  assert.deepEqual(checked[0]?.findings[1], { state: "fail", said: "b", mend: "mend b" });
});

test("a check that throws has failed, and the others are told all the same", async () => {
  const thrown = [new UsageError("wrong", "Do this."), new Error("a defect")];
  const throwing = (error: Error) => async () => {
    throw error;
  };
  const checks = thrown.map((error, at) => check(String(at), throwing(error)));
  const checked = await runChecks([...checks, check("good", async () => [ok("fine")])], around, { secrets: [] });
  assert.deepEqual(
    checked.flatMap(({ findings }) => findings),
    [fail("wrong", "Do this."), fail("a defect"), ok("fine")],
  );
});

test("a check that hangs is left at its limit, also where it does not listen to its signal", async () => {
  const told = check(
    "told",
    ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve([ok("as far as I came")]))),
  );
  const checked = await runChecks([told, check("deaf", () => new Promise(() => undefined))], around, { secrets: [], limitMs: 50 });
  assert.deepEqual(checked[0]?.findings, [ok("as far as I came")]);
  assert.deepEqual(checked[1]?.findings, [warn("gave no result within 0.05 s")]);
});

test("secrets are masked by value in what is found and in the mend", async () => {
  const leaky = check("leaky", async () => [warn("see plain-value-1 here", "unset plain-value-1")]);
  const [first] = await runChecks([leaky], around, { secrets: ["plain-value-1"] });
  assert.deepEqual(first?.findings, [warn("see *** here", "unset ***")]);
});

test("Ctrl-C ends them all", async () => {
  const stop = new AbortController();
  const waiting = check(
    "waiting",
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const run = runChecks([waiting], { ...around, signal: stop.signal }, { secrets: [] });
  stop.abort(new Error("stopped"));
  await assert.rejects(run, /stopped/);
});
