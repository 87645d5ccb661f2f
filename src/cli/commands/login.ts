import { randomUUID } from "node:crypto";
import { homedir } from "node:os";
import { openLogins } from "#app/open-logins.ts";
import { systemClock } from "#base/clock.ts";
import { abortedCode } from "#base/stopped.ts";
import { UsageError } from "#base/usage-error.ts";
import { defineCommand, JSON_OPTION, type Surroundings } from "#cli/command.ts";
import { openLoginUi } from "#cli/login/login-ui.ts";
import { tell } from "#cli/report-error.ts";
import { ModelError } from "#model/error.ts";
import { checkCloud, type Cloud } from "#providers/login/cloud-chain.ts";
import { findLogin, specialLogins, type Login, type StoredWay } from "#providers/login/flows.ts";
import { openFlow } from "#providers/login/open-flow.ts";
import { paintFor } from "#terminal/paint.ts";
import { printTable } from "#terminal/table.ts";

/** `factory login`: gets a login or a key from a provider and keeps it in the vault. */
export const login = defineCommand({
  name: "login",
  positionals: "[provider]",
  options: {
    host: { value: "HOST", help: "another host of the sign-in: company.ghe.com for GitHub Copilot" },
    paste: { help: "paste a key that you made on the provider's page" },
    ...JSON_OPTION,
  },
  notes: [
    "Without a provider it lists those with a sign-in of their own. All others take a pasted or piped key.",
    "factory login openrouter",
    "factory login copilot --host company.ghe.com",
    "factory login huggingface < key.txt",
  ],
  run: async ({ values, positionals }, around) => {
    const [name, extra] = positionals;
    if (extra !== undefined) throw new UsageError(`one provider at a time: ${JSON.stringify(extra)} is too many`, "Run it once for each.");
    if (name === undefined) return list(around, values.json === true);
    const found = findLogin(name, { paste: values.paste === true });
    const { way } = found;
    switch (way.kind) {
      case "closed":
        throw new UsageError(way.why, way.instead);
      case "cloud":
        return check(found, way.cloud, around);
      default:
        return signIn({ login: found, way, host: values.host }, around);
    }
  },
});

function list({ stdout }: Surroundings, json: boolean): number {
  const logins = specialLogins();
  if (json) {
    stdout.write(
      `${JSON.stringify(
        logins.map(({ slug, name, summary, way }) => ({ provider: slug, name, way: way.kind, summary })),
        null,
        2,
      )}\n`,
    );
    return 0;
  }
  const rows = logins.map(({ slug, name, summary }) => [slug, name, summary]);
  const columns = [{ title: "PROVIDER" }, { title: "NAME", spare: 1 }, { title: "HOW", least: 20 }];
  stdout.write(printTable({ columns, rows, width: stdout.columns, paint: paintFor(stdout) }));
  return 0;
}

/** The cloud's own tools keep the login: nothing is stored. */
async function check({ slug, name }: Login, cloud: Cloud, { env, stdout }: Surroundings): Promise<number> {
  const result = await checkCloud(cloud, { env, home: env["HOME"] || homedir(), now: systemClock.now() });
  if (!result.ok) throw new ModelError("auth", `${name}: ${result.why}`, { provider: slug, advice: result.todo });
  stdout.write(`${name} uses the login of your cloud tools: ${result.found}\n`);
  return 0;
}

type SignIn = { readonly login: Login; readonly way: StoredWay; readonly host: string | undefined };

async function signIn({ login: { slug, name }, way, host }: SignIn, around: Surroundings): Promise<number> {
  const { env, stdout, stderr } = around;
  const { store, lock, place } = openLogins({ env, signal: around.signal, warn: (message) => tell({ message }, around) });
  // Asked before the person signs in: a vault that cannot be opened should not cost them a sign-in.
  const installId = (await store.get(slug))?.extras["installId"] ?? randomUUID();
  const flow = openFlow({ provider: slug, name, env }, way, { env, clock: systemClock, host, installId });
  const ui = openLoginUi(around, process.platform);
  try {
    const credentials = await flow.start(ui, ui.signal);
    await lock(slug, ui.signal, () => store.put(slug, credentials));
    stdout.write(`Logged in to ${name}${credentials.account === undefined ? "" : ` as ${credentials.account}`}. Kept in ${place}\n`);
    return 0;
  } catch (error) {
    if (!ui.signal.aborted || around.signal.aborted) throw error;
    stderr.write("factory: stopped\n");
    return abortedCode(ui.signal);
  } finally {
    ui.close();
  }
}
