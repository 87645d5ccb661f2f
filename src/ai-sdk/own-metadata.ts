import { isObject, type JsonObject } from "#base/json.ts";
import { modelId, providerId } from "#model/ids.ts";
import type { AssistantMessage, Carry } from "#model/message.ts";
import type { V4Metadata, V4Object } from "#ai-sdk/v4.ts";

type Author = NonNullable<AssistantMessage["from"]>;

/**
 * What our blocks have for metadata in the AI SDK: `{ factory: { provider, model, wire?, data? } }`, their author and what they carry. The
 * AI SDK keeps it and sends it back as provider options.
 */
export const toOwnMetadata = ({ provider, model }: Author, carry: Carry | undefined): V4Metadata => ({
  factory: { provider, model, ...(carry === undefined ? {} : { wire: carry.wire, data: carry.data }) },
});

export function carryOf(options: V4Metadata | undefined): Carry | undefined {
  const { wire, data } = ownOf(options);
  // What came as JSON in metadata is JSON.
  return typeof wire === "string" && isObject(data) ? { wire, data: data as JsonObject } : undefined;
}

export function authorOf(options: V4Metadata | undefined): Author | undefined {
  const { provider, model } = ownOf(options);
  return typeof provider === "string" && typeof model === "string" ? { provider: providerId(provider), model: modelId(model) } : undefined;
}

const ownOf = (options: V4Metadata | undefined): V4Object => options?.["factory"] ?? {};
