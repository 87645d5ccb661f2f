import { rmSync } from "node:fs";
import { defineCommand, JSON_OPTION, MODEL_OPTIONS, type Options, type Surroundings, type Values } from "#cli/command.ts";
import { AUTO_LEVELS, type AutoLevel } from "#agent/permission.ts";
import { createDemoProject, DEMO_TASK, demoEnv, runDemoTests, type DemoPlace, type TestRun } from "#app/demo-project.ts";
import { openTarget, type ModelChoice } from "#app/open-model.ts";
import { showTask } from "#cli/show-task.ts";
import { oneOf } from "#cli/option-values.ts";
import { tell } from "#cli/report-error.ts";
import { jsonView } from "#cli/views/json-view.ts";
import { textView } from "#cli/views/text-view.ts";
import { DEMO_SCENARIO } from "#simulator/demo-scenario.ts";
import { startSimulator } from "#simulator/simulator.ts";
import { paintFor } from "#terminal/paint.ts";

const OPTIONS = {
  ...MODEL_OPTIONS,
  auto: { value: "LEVEL", help: "what may run unasked, as for exec" },
  keep: { help: "keep the demo's folder" },
  ...JSON_OPTION,
} as const satisfies Options;

export const demo = defineCommand({
  name: "demo",
  summary: "Watch the agent fix a failing test; needs no key and no network.",
  positionals: "",
  options: OPTIONS,
  notes: ["Without -m a simulated model plays it; with -m the same demo runs on a real one."],
  async run({ values }, around) {
    const place = createDemoProject();
    try {
      return await playDemo(place, values, around);
    } finally {
      if (values.keep !== true) rmSync(place.root, { recursive: true, force: true });
    }
  },
});

async function playDemo({ folder, home }: DemoPlace, values: Values<typeof OPTIONS>, around: Surroundings): Promise<number> {
  const { signal } = around;
  const json = values.json === true;
  const say = json ? () => undefined : (line: string) => around.stdout.write(`${line}\n`);
  const { bold, dim } = paintFor(around.stdout);
  const env = demoEnv(around.env, home);

  say(bold("factory demo: the agent fixes a failing test"));
  say(dim(`A small project was made in ${folder}`));
  say("");
  sayTests(say, await runDemoTests(folder, env, signal), bold);

  const simulated = values.model === undefined && values.provider === undefined && values.host === undefined;
  const simulator = simulated ? await startSimulator({ scenario: DEMO_SCENARIO }) : undefined;
  try {
    say("");
    if (simulated)
      say(
        dim(
          "The model is SIMULATED: a script plays it, over HTTP on this machine. The agent,\nthe tools, the files and the tests are real. On a real model: factory demo -m REF",
        ),
      );
    say("");
    say(`${bold("Task:")} ${DEMO_TASK}`);
    say("");
    const choice: ModelChoice =
      simulator === undefined
        ? { ref: values.model, provider: values.provider, host: values.host, token: values.token }
        : { ref: "sim/demo", host: simulator.url };
    const opened = await openTarget(choice, { env, signal, warn: say });
    const auto = values.auto === undefined ? undefined : oneOf("auto", values.auto, AUTO_LEVELS);
    const task = {
      ...opened,
      prompt: DEMO_TASK,
      images: [],
      cwd: folder,
      auto: auto ?? (simulated ? SIMULATED_AUTO : "edit"),
      allowNet: false,
      limits: { maxTurns: 30, maxUsd: null },
      session: null,
      env,
      warn: (message: string) => around.stderr.write(`factory: ${message}\n`),
    };
    const view = json ? jsonView(around.stdout) : textView({ ...around, quiet: false, verbose: true });
    const summary = await showTask(task, view, signal);
    if (summary.error !== undefined) tell(summary.error, around);
    if (signal.aborted) return summary.code;

    const after = await runDemoTests(folder, env, signal);
    say("");
    sayTests(say, after, bold);
    say("");
    say(closing(after.passed, values, folder));
    return after.passed ? 0 : summary.code || 1;
  } finally {
    await simulator?.close();
  }
}

/** The script runs two known commands, so it needs no sandbox; a real model gets what exec gives it. */
const SIMULATED_AUTO: AutoLevel = "all";

function sayTests(say: (line: string) => void, { output }: TestRun, bold: (text: string) => string): void {
  say(bold("$ node --test"));
  const lines = output.split("\n").map((line) => line.trim().replace(/ \(\d[\d.]*ms\)$/, ""));
  for (const shown of SHOWN) for (const line of new Set(lines.filter((each) => shown.test(each)))) say(`  ${line}`);
}

/** Of node:test's report: each test, what was compared, how many passed and failed. */
const SHOWN = [/^(✔|✖ (?!failing))/, /^\d+ !== \d+/, /^ℹ (pass|fail) /];

function closing(passed: boolean, { keep }: Values<typeof OPTIONS>, folder: string): string {
  const how = passed ? "The test passes now." : "The test still fails.";
  const kept = keep === true ? ` The project is kept in ${folder}` : "";
  return `${how}${kept}\n${passed ? 'Next: factory exec -m <provider/model> "your task", in a project of yours.' : ""}`.trimEnd();
}
