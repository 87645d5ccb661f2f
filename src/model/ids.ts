declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A provider's slug: the key of its row, `groq`. */
export type ProviderId = Branded<"ProviderId">;
/** A model's id exactly as its provider spells it: `llama-3.3-70b-versatile`. */
export type ModelId = Branded<"ModelId">;
/** Names one tool call within a conversation; its result carries the same id. */
export type ToolCallId = Branded<"ToolCallId">;
/** Names one recorded conversation. */
export type SessionId = Branded<"SessionId">;

export const providerId = (text: string): ProviderId => text as ProviderId;
export const modelId = (text: string): ModelId => text as ModelId;
export const toolCallId = (text: string): ToolCallId => text as ToolCallId;
export const sessionId = (text: string): SessionId => text as SessionId;
