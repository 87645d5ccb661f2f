import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { systemClock } from "#base/clock.ts";
import { parseRef } from "#model/ref.ts";
import { UsageError } from "#base/usage-error.ts";
import { printOverride } from "#app/check/override.ts";
import type { Plan } from "#app/check/plan.ts";
import { PROBE_IDS, type Outcome } from "#app/check/probe.ts";
import { PROBES } from "#app/check/probes.ts";
import { runCheck, type CheckReport, type Progress } from "#app/check/run-check.ts";
import { saveCheck } from "#app/check/save-check.ts";
import type { ModelChoice } from "#app/find-target.ts";
import { aroundOf } from "#cli/around.ts";
import {
  CONFIG_OPTIONS,
  defineCommand,
  JSON_OPTION,
  MODEL_OPTIONS,
  PROFILE_OPTION,
  type Options,
  type Surroundings,
  type Values,
} from "#cli/command.ts";
import { positiveInteger, positiveNumber } from "#cli/option-values.ts";
import { counted, printDuration, printUsd } from "#terminal/figures.ts";
import { paintFor } from "#terminal/paint.ts";
import { printPairs, printTable } from "#terminal/table.ts";

/** Longest wait for one answer where nothing else is said, in seconds: local servers first load the model. */
const DEFAULT_TIMEOUT_S = 60;
/** Most tokens of one answer where nothing else is said: some models think a while before they write a word. */
const DEFAULT_MAX_TOKENS = 512;

const OPTIONS = {
  ...MODEL_OPTIONS,
  ...CONFIG_OPTIONS,
  ...PROFILE_OPTION,
  ...JSON_OPTION,
  yes: { short: "y", help: "do not ask first" },
  save: { help: "keep the results under FACTORY_HOME/checks" },
  timeout: { value: "SECONDS", help: `longest wait for one answer (default ${DEFAULT_TIMEOUT_S})` },
  "max-tokens": { value: "N", help: `most tokens of one answer (default ${DEFAULT_MAX_TOKENS})` },
  trace: { value: "FILE", help: "write what is sent and received there, keys left out" },
} as const satisfies Options;

/** `factory check`: asks an endpoint what it really does. */
export const check = defineCommand({
  name: "check",
  positionals: "[ref]",
  options: OPTIONS,
  notes: [
    "Says first how many requests it sends and what they may cost. ✓ works   ✗ does not   – not applicable or not told",
    "Exit code 0: all that an agent needs works (answer, streaming, tool call, tool result); 1: not all of it.",
    "factory check groq/llama-3.3-70b-versatile",
    "factory check custom:http://127.0.0.1:8000/v1 -m qwen3 --yes --save",
  ],
  run: async ({ values, positionals }, around) => {
    const { env, stdout, stderr } = around;
    const told = values.json === true ? stderr : stdout;
    const report = await runCheck(choiceOf(values, positionals), {
      ...aroundOf(values, around),
      requestMs: (positiveNumber("timeout", values.timeout) ?? DEFAULT_TIMEOUT_S) * 1000,
      outputTokens: positiveInteger("max-tokens", values["max-tokens"]) ?? DEFAULT_MAX_TOKENS,
      traceFile: values.trace,
      approve: (plan) => {
        told.write(printPlan(plan));
        return values.yes === true ? Promise.resolve(true) : askToGoOn(around);
      },
      ...(stderr.isTTY ? { progress: (progress: Progress) => void stderr.write(`${NEW_LINE}${printProgress(progress)}`) } : {}),
    });
    if (report === null) {
      told.write("Nothing was asked.\n");
      return 1;
    }
    if (stderr.isTTY) stderr.write(NEW_LINE);
    stdout.write(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : printReport(report, stdout));
    if (values.save === true) told.write(`Saved to ${await saveCheck(report, { env, at: systemClock.now() })}\n`);
    return report.agentReady ? 0 : 1;
  },
});

/** Takes a terminal's cursor to the start of its line and empties it. */
const NEW_LINE = "\r\u001b[2K";

function choiceOf({ provider, model, host, token, profile }: Values<typeof OPTIONS>, [ref, extra]: readonly string[]): ModelChoice {
  if (extra !== undefined) throw new UsageError(`one model at a time: ${JSON.stringify(extra)} is too many`, "Run it once for each.");
  if (ref === undefined || model === undefined) return { ref: ref ?? model, provider, host, token, profile };
  if (parseRef(ref).kind === "url") return { provider: ref, ref: model, host, token };
  throw new UsageError(`two models are named: ${JSON.stringify(ref)} and, with -m, ${JSON.stringify(model)}`, "Name one of them.");
}

function printPlan({ provider, model, requests, costUsd }: Plan & Pick<CheckReport, "provider" | "model">): string {
  const cost = costUsd === null ? "price unknown" : costUsd === 0 ? "free" : `at most about ${printUsd(costUsd)}`;
  return `Checking ${provider}/${model}\n${counted(requests, "small request")} and the list of models; ${cost}.\n`;
}

async function askToGoOn({ stdin, stderr, signal }: Surroundings): Promise<boolean> {
  if (!stdin.isTTY || !stderr.isTTY) {
    throw new UsageError("nobody can be asked whether to go on: this is no terminal", "Repeat it with --yes.");
  }
  // The terminal itself edits the line: readline would keep Ctrl-C to itself.
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const closed = once(lines, "close").then(() => "");
    const answer = await Promise.race([lines.question("Go on? [y/N] ", { signal }), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
    stdin.unref?.();
  }
}

function printProgress({ id, at, requests, costUsd }: Progress): string {
  const spent = costUsd === null || costUsd === 0 ? "" : `, ${printUsd(costUsd)}`;
  return `${at + 1}/${PROBE_IDS.length} ${PROBES[id].question} … (${counted(requests, "request")} so far${spent})`;
}

const MARKS: Readonly<Record<Outcome, string>> = { works: "✓", fails: "✗", "not-told": "–" };

/** Evidence of a failure that is longer than this is told again in full under the table, in characters. */
const SHORT_EVIDENCE = 36;

function printReport({ probes, requests, costUsd, override, agentReady }: CheckReport, stdout: NodeJS.WriteStream): string {
  const paint = paintFor(stdout);
  // Some terminals tell no width, which reads as 0.
  const width = stdout.columns || 80;
  const table = printTable({
    columns: [{ title: "" }, { title: "WHAT" }, { title: "EVIDENCE", least: 24 }, { title: "TIME", spare: 1 }],
    rows: probes.map(({ id, outcome, evidence, ms }) => [MARKS[outcome], PROBES[id].question, evidence, printDuration(ms)]),
    width,
    paint,
  });
  const long = probes.filter(({ outcome, evidence }) => outcome === "fails" && evidence.length > SHORT_EVIDENCE);
  const pairs = long.map(({ id, evidence }) => [`✗ ${id}`, evidence] as const);
  const cost = costUsd === null ? "cost unknown" : printUsd(costUsd);
  return [
    table,
    ...(pairs.length === 0 ? [] : [printPairs({ pairs, width, paint })]),
    `${counted(requests, "request")}, ${cost}. ${agentReady ? "Fit for agent work." : "Not fit for agent work."}\n`,
    ...(override === null ? [] : [`This differs from what is known of it. For the configuration:\n\n${printOverride(override)}`]),
  ].join("\n");
}
