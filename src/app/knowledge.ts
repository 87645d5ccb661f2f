import { existsSync } from "node:fs";
import type { ModelFacts } from "#model/model.ts";
import { capabilitiesOf, toFacts, type Capabilities } from "#providers/capabilities.ts";
import { Catalogue, toModelFacts } from "#providers/catalogue/catalogue.ts";
import type { Env } from "#providers/keys.ts";
import type { ToldFacts } from "#providers/listed-model.ts";
import type { Target } from "#providers/resolve.ts";
import { catalogueFile, userCatalogueFile } from "#app/home.ts";

/** What is known of a model, with who says it, and the same as the rest of the program reads it. */
export type Knowledge = { readonly capabilities: Capabilities; readonly facts: ModelFacts };

/** The catalogue as this user has it: the package's own, what was fetched since, and the user's file over both. */
export const userCatalogue = (env: Env): Catalogue =>
  new Catalogue({
    refreshed: catalogueFile(env),
    ...(existsSync(userCatalogueFile(env)) ? { user: userCatalogueFile(env) } : {}),
  });

/** What is known of the target's model; where none is named, what its row says. `told`: what the provider itself said of it. */
export function knowledgeOf({ provider, row, model, facts, price, ownFacts }: Target, told: ToldFacts, catalogue: Catalogue): Knowledge {
  const entry = model === null ? undefined : catalogue.find(provider, model);
  const listed = entry === undefined ? undefined : toModelFacts(entry);
  const capabilities = capabilitiesOf({ model: model ?? "", row, own: ownFacts, told, catalogue: listed });
  return { capabilities, facts: { ...toFacts(capabilities), price: price ?? facts.price ?? listed?.price ?? null } };
}
