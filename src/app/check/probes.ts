import type { Probe, ProbeId } from "#app/check/probe.ts";
import { cachedPrefix, image, jsonSchema, reasoning } from "#app/check/probes/abilities.ts";
import { answer, key, models, streaming, usage } from "#app/check/probes/answer.ts";
import { cancel, errorShapes } from "#app/check/probes/failures.ts";
import { parallelCalls, toolCall, toolChoice, toolResult } from "#app/check/probes/tools.ts";

export const PROBES: Readonly<Record<ProbeId, Probe>> = {
  key,
  models,
  answer,
  streaming,
  usage,
  "tool-call": toolCall,
  "parallel-calls": parallelCalls,
  "tool-result": toolResult,
  "tool-choice": toolChoice,
  "json-schema": jsonSchema,
  image,
  reasoning,
  "cached-prefix": cachedPrefix,
  "error-shapes": errorShapes,
  cancel,
};

/** What an agent cannot do without. */
export const AGENT_NEEDS: readonly ProbeId[] = ["answer", "streaming", "tool-call", "tool-result"];
