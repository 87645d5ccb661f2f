import assert from "node:assert/strict";
import { test } from "node:test";
import { loadConfig } from "#config/load.ts";
import { camelQuirks } from "#config/quirk-names.ts";
import { SCHEMA } from "#config/schema.ts";
import type { Quirks } from "#wires/quirks.ts";
import { WIRE_NAMES } from "#wires/wire.ts";

test("quirks of the configuration are quirks of the wires", async () => {
  const env = { FACTORY_PROVIDERS__OPENAI__QUIRKS: '{"toolIds": "alnum-9", "temperature": 0.1, "reasoning_efforts": ["low"]}' };
  const { config, problems } = await loadConfig({ cwd: "/", env });
  assert.deepEqual(problems, []);
  // The compiler proves that every name and value is known to the wires.
  const quirks: Quirks = camelQuirks(config.providers["openai"]?.quirks ?? {});
  assert.deepEqual(quirks, { toolIds: "alnum-9", temperature: 0.1, reasoningEfforts: ["low"] });
  const { problems: wrong } = await loadConfig({ cwd: "/", env: { FACTORY_PROVIDERS__X__QUIRKS: '{"temperature": "dropp"}' } });
  assert.match(wrong[0]?.message ?? "", /must be "drop" or a number, not "dropp"/);
});

test("an endpoint may speak every wire", () => {
  const protocols: readonly string[] = SCHEMA.properties.endpoints.items.properties.protocol.enum;
  assert.deepEqual(
    WIRE_NAMES.filter((name) => !protocols.includes(name)),
    [],
  );
});
