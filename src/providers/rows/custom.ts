import { providerId } from "#model/ids.ts";
import type { CustomScheme } from "#model/ref.ts";
import { optionalBearer } from "#providers/row.ts";
import type { Provider, ProviderRow } from "#providers/row.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

/** The provider behind `custom:<url>` or `anthropic-custom:<url>`. Its user may put it on any wire. */
export function customProvider(scheme: CustomScheme, url: string): Provider {
  const baseUrl = url.replace(/\/+$/, "");
  const surfaces = Object.fromEntries(WIRE_NAMES.map((wire) => [wire, { baseUrl }]));
  return { slug: providerId(scheme), row: { ...CUSTOM[scheme], baseUrl, surfaces } };
}

const CUSTOM: Readonly<Record<CustomScheme, Omit<ProviderRow, "baseUrl">>> = {
  custom: {
    name: "Custom endpoint",
    aliases: [],
    wire: "openai-chat",
    auth: optionalBearer("CUSTOM_API_KEY"),
    kind: "hosted",
    tier: "community",
  },
  "anthropic-custom": {
    name: "Custom Anthropic endpoint",
    aliases: [],
    wire: "anthropic-messages",
    auth: { scheme: "header", header: "x-api-key", env: ["CUSTOM_API_KEY"], optional: true },
    kind: "hosted",
    tier: "community",
  },
};
