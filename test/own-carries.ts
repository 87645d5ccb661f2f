import type { JsonObject } from "#base/json.ts";
import type { Carry } from "#model/message.ts";
import type { WireName } from "#wires/wire.ts";

/** What blocks carry that came from the wire itself. A kind that is not named carries nothing there. */
type OwnData = {
  readonly reasoning?: (text: string) => JsonObject;
  /** Of reasoning that shows no words. */
  readonly sealed?: JsonObject;
  readonly text?: JsonObject;
  readonly call?: JsonObject;
  /** A call that the provider ran itself. */
  readonly executed?: JsonObject;
  readonly opaque?: JsonObject;
};

const GOOGLE_EXTRA = { extra_content: { google: { thought_signature: "c2ln" } } };

const OWN: Readonly<Record<WireName, OwnData>> = {
  "openai-chat": {
    reasoning: () => ({ reasoning_details: [{ type: "reasoning.encrypted", data: "sealed", index: 0 }] }),
    sealed: { reasoning_details: [{ type: "reasoning.encrypted", data: "sealed", index: 0 }] },
    text: GOOGLE_EXTRA,
    call: GOOGLE_EXTRA,
  },
  "openai-responses": {
    reasoning: (text) => ({ item: { id: "rs_1", summary: [{ type: "summary_text", text }], encrypted_content: "sealed" } }),
    sealed: { item: { id: "rs_2", summary: [], encrypted_content: "sealed" } },
    text: { id: "msg_1", phase: "commentary" },
    call: { id: "fc_1" },
    opaque: { item: { id: "ws_1", type: "web_search_call", status: "completed" } },
  },
  "anthropic-messages": {
    reasoning: () => ({ signature: "EqoB" }),
    sealed: { redacted: "c2VhbGVk" },
    text: { citations: [{ type: "char_location", cited_text: "sea", document_index: 0 }] },
    executed: { type: "server_tool_use" },
    opaque: { block: { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] } },
  },
  "google-generate": {
    reasoning: () => ({ thoughtSignature: "c2ln" }),
    text: { thoughtSignature: "c2ln" },
    call: { thoughtSignature: "c2ln" },
    opaque: { part: { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } } },
  },
  "bedrock-converse": {
    reasoning: () => ({ signature: "EqQB" }),
    sealed: { redacted: "c2VhbGVk" },
    text: { citations: [{ title: "sea", location: { documentChar: { documentIndex: 0, start: 0, end: 3 } } }] },
    executed: { type: "server_tool_use" },
    opaque: { block: { toolResult: { toolUseId: "srv_1", content: [{ text: "1" }] } } },
  },
  "cohere-chat": {
    reasoning: () => ({ thinking: true }),
    text: { citations: [{ start: 0, end: 3, text: "sea", sources: [] }] },
  },
  "ollama-chat": {},
};

/** The carry of a block of this kind, or `undefined` where the wire knows none. `answer`: it stands in an answer, not in a request. */
export function ownCarry(wire: WireName, kind: keyof OwnData, { text = "", answer = false } = {}): Carry | undefined {
  const known = OWN[wire][kind];
  if (known === undefined) return undefined;
  const data = typeof known === "function" ? known(text) : known;
  // Only answers of this wire have an id that its blocks are from.
  return { wire, data: answer && wire === "openai-responses" ? { response: "resp_1", ...data } : data };
}

/** Calls of this wire are told apart by an id only where the provider gave one. */
export const callCarry = (wire: WireName, id: string): { readonly carry?: Carry } =>
  wire === "google-generate" ? { carry: { wire, data: { id } } } : {};
