import type { PeerWire } from "#test/ai-sdk-peers.ts";

export type CaseName = "text" | "conversation" | "image" | "tools" | "one-tool" | "results" | "reasoning" | "schema";

/** `path`: of the field in the request's JSON, `messages.0.role`. */
export type RequestDifference = { readonly cases: readonly CaseName[] | "any"; readonly path: RegExp; readonly why: string };

/**
 * Fields of requests that we write otherwise than the AI SDK's packages do, and why. A row for named cases that is no longer true fails the
 * test.
 */
export const REQUEST_DIFFERENCES: Readonly<Record<PeerWire, readonly RequestDifference[]>> = {
  "openai-chat": [
    { cases: ["results"], path: /^messages\.3\.content$/, why: "the protocol has no mark for a failed result: we say it in the text" },
  ],
  "openai-responses": [
    { cases: ["text"], path: /^(instructions|input\.)/, why: "we send the system text as instructions, the package as a message" },
    {
      cases: ["text"],
      path: /^temperature$/,
      why: "the package drops it for models that it knows to refuse it; for us a row of the provider says so",
    },
    { cases: "any", path: /^input\.\d\.type$/, why: "the type of a message may be left out; some servers want it" },
    { cases: "any", path: /^(store|include\.0)$/, why: "we leave nothing at the provider, so that reasoning has to travel with us" },
    { cases: ["image"], path: /^input\.0\.content\.1\.detail$/, why: "the default, told: the protocol's own types require it" },
    {
      cases: ["results"],
      path: /^input\.5\.output$/,
      why: "the protocol has no mark for a failed result: text for us, JSON for the package",
    },
    { cases: ["reasoning"], path: /^reasoning\.summary$/, why: "which summary is a matter of taste" },
  ],
  "anthropic-messages": [
    {
      cases: ["tools", "one-tool", "results"],
      path: /^tools\.0\.eager_input_streaming$/,
      why: "finer deltas of arguments, unchecked: we do not ask",
    },
    {
      cases: ["results"],
      path: /^messages\.2\.content\.\d\.content/,
      why: "a result's text as a block for us, as a string for the package",
    },
    {
      cases: ["reasoning"],
      path: /^(max_tokens|thinking\.budget_tokens)$/,
      why: "efforts have no fixed budget; ours stays within the output limit",
    },
  ],
  "google-generate": [
    {
      cases: ["tools", "one-tool", "results"],
      path: /^tools\.0\.functionDeclarations\.0\.parameters/,
      why: "we use the older field where the schema fits into it, since more servers know it",
    },
    { cases: ["schema"], path: /^generationConfig\.response(Json)?Schema/, why: "as for the parameters of tools" },
    { cases: ["results"], path: /\.function(Call|Response)\.id$/, why: "ids that the provider did not give itself are left out" },
    {
      cases: ["results"],
      path: /\.functionResponse\.response\./,
      why: "the members of a result are free: `output` is the documentation's word",
    },
    { cases: ["reasoning"], path: /^generationConfig\.thinkingConfig\./, why: "efforts have no fixed budget; we ask to see the thoughts" },
  ],
  "bedrock-converse": [
    { cases: "any", path: /^system$/, why: "the package sends an empty list where there is no system text" },
    { cases: "any", path: /^additionalModelResponseFieldPaths\.0$/, why: "the stop sequence that was met has no word in our vocabulary" },
    {
      cases: ["results"],
      path: /^messages\.2\.content\.1\.toolResult\.status$/,
      why: "the package does not say that a result is an error",
    },
    {
      cases: ["reasoning"],
      path: /^(inferenceConfig\.maxTokens|additionalModelRequestFields\.thinking\.budget_tokens)$/,
      why: "efforts have no fixed budget; ours stays within the output limit",
    },
    {
      cases: ["schema"],
      path: /^(outputConfig|additionalModelRequestFields\.output_config)\./,
      why: "Converse's own field, where the package uses Claude's",
    },
  ],
  "cohere-chat": [
    { cases: ["results"], path: /^messages\.1\.tool_plan$/, why: "text before calls is their plan: the package drops it" },
    { cases: ["results"], path: /^messages\.3\.content$/, why: "the protocol has no mark for a failed result: we say it in the text" },
    { cases: ["reasoning"], path: /^thinking\.token_budget$/, why: "efforts have no fixed budget" },
  ],
};
