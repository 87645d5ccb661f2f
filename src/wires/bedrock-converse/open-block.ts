import { asArray, asObject, asString, type Json, type JsonObject } from "#base/json.ts";
import { toolCallId, type ToolCallId } from "#model/ids.ts";
import { toJson, toJsonObject } from "#wires/bedrock-converse/carry.ts";

type CallHead = { readonly id: ToolCallId; readonly name: string; readonly providerExecuted?: true };

/** What is known of a block between its start and its stop. `takes`: the names of the deltas that go into it. */
export type OpenBlock = { readonly takes: readonly string[] } & (
  | { readonly type: "text"; readonly citations: Json[] }
  | { readonly type: "reasoning"; signature: string; readonly redacted: Uint8Array[] }
  | { readonly type: "tool"; readonly head: CallHead }
  | { readonly type: "opaque"; readonly name: string; readonly start: JsonObject; readonly deltas: unknown[] }
);

/** Whether the vocabulary has a word for the block that a delta of this name belongs to. */
export const isKnown = (name: string): boolean => ["text", "citation", "reasoningContent", "toolUse"].includes(name);

/** The block that a start opens; `undefined` for a call without a name, which nobody could answer. */
export function openedBlock(start: Record<string, unknown>, spareId: string): OpenBlock | undefined {
  const name = Object.keys(start)[0] ?? "text";
  switch (name) {
    case "text":
    case "citation":
      return { type: "text", takes: ["text", "citation"], citations: [] };
    case "reasoningContent":
      return { type: "reasoning", takes: [name], signature: "", redacted: [] };
    case "toolUse": {
      const call = asObject(start.toolUse) ?? {};
      const called = asString(call.name);
      if (called === undefined) return undefined;
      const executed = call.type === "server_tool_use" ? ({ providerExecuted: true } as const) : {};
      return { type: "tool", takes: [name], head: { id: toolCallId(asString(call.toolUseId) || spareId), name: called, ...executed } };
    }
    default:
      return { type: "opaque", takes: [name], name, start: toJsonObject(start[name]) ?? {}, deltas: [] };
  }
}

/** What a block carries once it is closed; an opaque one always carries itself. */
export function closedData(block: OpenBlock): JsonObject | undefined {
  switch (block.type) {
    case "text":
      return block.citations.length === 0 ? undefined : { citations: block.citations };
    case "reasoning":
      if (block.redacted.length > 0) return { redacted: Buffer.concat(block.redacted).toString("base64") };
      return block.signature === "" ? undefined : { signature: block.signature };
    case "tool":
      return block.head.providerExecuted === true ? { type: "server_tool_use" } : undefined;
    case "opaque":
      return { block: { [block.name]: { ...block.start, ...merged(block.deltas) } } };
  }
}

/** Deltas of a list are its items, those of an object its fields. */
function merged(deltas: readonly unknown[]): JsonObject {
  const items = deltas.filter((delta) => asArray(delta) !== undefined).flat();
  const fields = Object.fromEntries(deltas.flatMap((delta) => Object.entries(toJsonObject(delta) ?? {})));
  return { ...fields, ...(items.length === 0 ? {} : { content: items.map(toJson) }) };
}
