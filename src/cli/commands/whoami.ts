import { openLogins } from "#app/open-logins.ts";
import { systemClock } from "#base/clock.ts";
import { UsageError } from "#base/usage-error.ts";
import { defineCommand, JSON_OPTION } from "#cli/command.ts";
import { tell } from "#cli/report-error.ts";
import { findLogin, specialLogins } from "#providers/login/flows.ts";
import type { Credentials } from "#providers/login/login.ts";
import { endsWithin } from "#providers/login/refresh.ts";
import { allProviders } from "#providers/rows.ts";
import { paintFor } from "#terminal/paint.ts";
import { printTable } from "#terminal/table.ts";

/** `factory whoami`: where one is logged in, as whom and until when. Asks nobody. */
export const whoami = defineCommand({
  name: "whoami",
  positionals: "[provider]",
  options: JSON_OPTION,
  run: async ({ values, positionals }, around) => {
    const [named, extra] = positionals;
    if (extra !== undefined)
      throw new UsageError(`one provider at a time: ${JSON.stringify(extra)} is too many`, "Leave it out to see all.");
    const { env, signal, stdout } = around;
    const { store, place } = openLogins({ env, signal, warn: (message) => tell({ message }, around) });
    const slugs = named === undefined ? everySlug() : [findLogin(named).slug];
    const found: Listed[] = [];
    for (const slug of slugs) {
      const credentials = await store.get(slug);
      if (credentials !== null) found.push(toListed(slug, credentials, place));
    }
    if (values.json === true) stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length === 0)
      stdout.write(`Not logged in${named === undefined ? " anywhere" : ` to ${named}`}. \`factory login\` lists the ways.\n`);
    else stdout.write(printTable({ columns: COLUMNS, rows: found.map(toRow), width: stdout.columns, paint: paintFor(stdout) }));
    return 0;
  },
});

const everySlug = (): readonly string[] => [...new Set([...specialLogins(), ...allProviders()].map(({ slug }) => slug))];

type Listed = {
  readonly provider: string;
  readonly account: string | null;
  readonly plan: string | null;
  readonly expiresAt: string | null;
  readonly expired: boolean;
  /** Whether it is renewed without the person. */
  readonly renews: boolean;
  readonly place: string;
};

function toListed(provider: string, credentials: Credentials, place: string): Listed {
  const { account, expiresAt, refresh, extras } = credentials;
  return {
    provider,
    account: account ?? null,
    plan: extras["plan"] ?? null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt).toISOString(),
    expired: endsWithin(credentials, 0, systemClock.now()),
    renews: refresh !== undefined,
    place,
  };
}

const COLUMNS = [
  { title: "PROVIDER" },
  { title: "ACCOUNT", least: 12 },
  { title: "PLAN" },
  { title: "ENDS", least: 16 },
  { title: "KEPT IN", spare: 1 },
];

const toRow = ({ provider, account, plan, place, ...rest }: Listed): readonly string[] => [
  provider,
  account ?? "–",
  plan ?? "–",
  endOf(rest),
  place,
];

function endOf({ expiresAt, expired, renews }: Pick<Listed, "expiresAt" | "expired" | "renews">): string {
  if (expiresAt === null) return "no end known";
  if (renews) return `renewed at ${expiresAt}`;
  return expired ? `ended ${expiresAt}` : expiresAt;
}
