import { asArray, asObject, asString } from "#base/json.ts";

type NamedEvent = readonly [name: string, payload: Record<string, unknown>];

/** The events of the stream that would have told a whole answer; `message` is its `output.message`. */
export function splitWhole(answer: Record<string, unknown>, message: Record<string, unknown>): readonly NamedEvent[] {
  const blocks = (asArray(message.content) ?? []).flatMap((block, contentBlockIndex): readonly NamedEvent[] => [
    ...splitBlock(asObject(block) ?? {}).map(([name, payload]) => [name, { contentBlockIndex, ...payload }] as const),
    ["contentBlockStop", { contentBlockIndex }],
  ]);
  return [["messageStart", {}], ...blocks, ["messageStop", { stopReason: answer.stopReason }], ["metadata", { usage: answer.usage }]];
}

function splitBlock(block: Record<string, unknown>): readonly NamedEvent[] {
  const name = Object.keys(block)[0];
  const value = asObject(block[name ?? ""]) ?? {};
  switch (name) {
    case undefined:
      return [];
    case "text":
      return [delta({ text: block.text })];
    case "toolUse":
      return [["contentBlockStart", { start: block }], delta({ toolUse: { input: JSON.stringify(value.input ?? {}) } })];
    case "reasoningContent":
      return splitReasoning(value);
    case "citationsContent": {
      const texts = (asArray(value.content) ?? []).map((part) => asString(asObject(part)?.text) ?? "");
      return [delta({ text: texts.join("") }), ...(asArray(value.citations) ?? []).map((citation) => delta({ citation }))];
    }
    default:
      return [["contentBlockStart", { start: block }]];
  }
}

function splitReasoning({ reasoningText, redactedContent }: Record<string, unknown>): readonly NamedEvent[] {
  if (redactedContent !== undefined) return [delta({ reasoningContent: { redactedContent } })];
  const { text, signature } = asObject(reasoningText) ?? {};
  return [delta({ reasoningContent: { text } }), ...(signature === undefined ? [] : [delta({ reasoningContent: { signature } })])];
}

const delta = (value: Record<string, unknown>): NamedEvent => ["contentBlockDelta", { delta: value }];
