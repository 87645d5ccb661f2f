import { providerId } from "#model/ids.ts";
import type { Provider, ProviderRows } from "#providers/row.ts";
import { CHINA } from "#providers/rows/china.ts";
import { FURTHER } from "#providers/rows/further.ts";
import { GATEWAYS } from "#providers/rows/gateways.ts";
import { HOSTED } from "#providers/rows/hosted.ts";
import { LOCAL } from "#providers/rows/local.ts";

/** Every provider that can be named. Where two rows read the same key variable, the earlier one is meant when only the variable is set. */
export const ROWS: ProviderRows = { ...HOSTED, ...GATEWAYS, ...CHINA, ...FURTHER, ...LOCAL };

export const allProviders = (): readonly Provider[] => Object.entries(ROWS).map(([slug, row]) => ({ slug: providerId(slug), row }));

/** Asked where nothing else is named or set. */
export const DEFAULT_PROVIDER = "ollama";
