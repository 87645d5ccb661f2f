import { providerId } from "#model/ids.ts";
import type { Provider, ProviderRows } from "#providers/row.ts";
import { CHINA } from "#providers/rows/china.ts";
import { CLOUDS } from "#providers/rows/clouds.ts";
import { FURTHER } from "#providers/rows/further.ts";
import { GATEWAYS } from "#providers/rows/gateways.ts";
import { HOSTED } from "#providers/rows/hosted.ts";
import { LOCAL } from "#providers/rows/local.ts";
import { MAKERS } from "#providers/rows/makers.ts";
import { QWEN_ROWS } from "#providers/rows/qwen.ts";
import { SIGN_IN } from "#providers/rows/sign-in.ts";

/** Every provider that can be named. Where two rows read the same key variable, the earlier one is meant when only the variable is set. */
export const ROWS: ProviderRows = {
  ...MAKERS,
  ...HOSTED,
  ...CLOUDS,
  ...GATEWAYS,
  ...SIGN_IN,
  ...CHINA,
  ...QWEN_ROWS,
  ...FURTHER,
  ...LOCAL,
};

export const allProviders = (): readonly Provider[] => Object.entries(ROWS).map(([slug, row]) => ({ slug: providerId(slug), row }));

/** Asked where nothing else is named or set. */
export const DEFAULT_PROVIDER = "ollama";
