import { openLogins } from "#app/open-logins.ts";
import { UsageError } from "#base/usage-error.ts";
import { defineCommand } from "#cli/command.ts";
import { tell } from "#cli/report-error.ts";
import { findProvider } from "#providers/find.ts";
import { findLogin } from "#providers/login/flows.ts";

/** `factory logout`: forgets a login. What the provider issued stays valid there until it ends or is deleted at the provider. */
export const logout = defineCommand({
  name: "logout",
  positionals: "<provider>",
  options: {},
  notes: ["Forgets the login of `factory login`. Keys of `factory keys` and of the environment stay."],
  run: async ({ positionals }, around) => {
    const [named, extra] = positionals;
    if (named === undefined || extra !== undefined)
      throw new UsageError("logout takes one provider", "`factory whoami` lists where you are logged in.");
    const { slug, name, way } = findLogin(named);
    if (way.kind === "cloud" || way.kind === "closed")
      throw new UsageError(`no login of ${name} is kept here`, "Log out with the vendor's own tool.");
    const { env, signal, stdout } = around;
    const { store, lock, place } = openLogins({ env, signal, warn: (message) => tell({ message }, around) });
    const removed = await lock(slug, signal, async () => {
      const credentials = await store.get(slug);
      if (credentials !== null) await store.remove(slug);
      return credentials;
    });
    // What has an end or is renewed is no key: the provider's page does not show it.
    const isKey = removed?.expiresAt === undefined && removed?.refresh === undefined;
    const page = isKey ? findProvider(slug)?.row.keyUrl : undefined;
    if (removed === null) stdout.write(`Not logged in to ${name}: there was nothing to remove.\n`);
    else
      stdout.write(
        `Logged out of ${name}: removed from ${place}.${page === undefined ? "" : ` A key stays valid until you delete it at ${page}`}\n`,
      );
    return 0;
  },
});
