import { UsageError } from "#base/usage-error.ts";
import { findKey, keyProblem } from "#providers/keys.ts";
import type { LoginFlow } from "#providers/login/login.ts";
import type { Provider } from "#providers/row.ts";

export type Pasted = { readonly provider: Provider; readonly page: string; readonly note?: string | undefined };

/** A key that the person makes on the provider's page and pastes. What plainly belongs to another provider is not taken. */
export const pasted = ({ provider, page, note }: Pasted): LoginFlow => ({
  async start(ui, signal) {
    const { name, auth } = provider.row;
    if (note !== undefined) ui.note(note);
    ui.note(`Make a key at ${page}`);
    const { key, variables } = findKey(auth, {
      token: await ui.prompt({ text: `Key of ${name} (not shown): `, secret: true }, signal),
      env: {},
    });
    if (key === null) throw new UsageError("nothing was pasted", `Make a key at ${page} and paste it, or pipe it in.`);
    const problem = keyProblem(provider, { key: { ...key, name: "the paste" }, variables, others: [] }, true);
    if (problem !== null) throw problem;
    return { access: key.value, extras: {} };
  },
});
