import { providerId } from "#model/ids.ts";
import type { CustomScheme } from "#model/ref.ts";
import { optionalBearer } from "#providers/row.ts";
import type { Auth, Provider, ProviderRow, Surface } from "#providers/row.ts";
import { WIRE_NAMES, type WireName } from "#wires/wire.ts";

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

/** A server of the user's own, by the label that it has in the configuration. */
export type OwnServer = { readonly label: string; readonly baseUrl: string; readonly wire: WireName };

/** The provider behind a user's own server. Its key is kept in the configuration, if it needs one. */
export function ownProvider({ label, baseUrl, wire }: OwnServer): Provider {
  const url = baseUrl.replace(/\/+$/, "");
  const header = KEY_HEADERS[wire];
  const auth: Auth = header === undefined ? optionalBearer() : { scheme: "header", header, env: [], optional: true };
  const row: ProviderRow = {
    name: label,
    aliases: [],
    wire,
    baseUrl: url,
    // Single models may speak another wire than their server.
    surfaces: Object.fromEntries(WIRE_NAMES.map((name) => [name, ownSurface(url, KEY_HEADERS[name])])),
    auth,
    kind: "hosted",
    tier: "community",
  };
  return { slug: providerId(label), row };
}

/** The header in which a wire's own maker wants the key, where that is not a bearer's. */
const KEY_HEADERS: Readonly<Partial<Record<WireName, string>>> = {
  "anthropic-messages": "x-api-key",
  "google-generate": "x-goog-api-key",
};

const ownSurface = (baseUrl: string, keyHeader: string | undefined): Surface =>
  keyHeader === undefined ? { baseUrl, bearer: true } : { baseUrl, keyHeader };
