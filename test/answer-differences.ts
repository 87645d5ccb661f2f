/** What of an answer is compared. */
export type Field = "failed" | "text" | "reasoning" | "calls" | "reason" | "input" | "output" | "cacheRead" | "cacheWrite" | "thought";

type Difference = { readonly fields: readonly Field[]; readonly why: string };

const differs = (why: string, ...fields: readonly Field[]): Difference => ({ fields, why });

const CACHED = differs("Cohere's package does not read `usage.cached_tokens`", "cacheRead");
const PLAN = differs(
  "the tool plan is text of the model: Cohere's package leaves it out; nor does it read `cached_tokens`",
  "text",
  "cacheRead",
);
const NO_THOUGHTS = differs("xAI counts reasoning beside the output; the package for any server takes it for a part of it", "output");
const STRICT = differs("the package refuses the answer for a part that it does not know, or that lacks a member it wants", "failed");
const NO_ERROR = differs("the package reads an answer without candidates, or an error, as an empty answer", "failed");
const PARTS = differs("we set the parts of a reasoning summary apart by a blank line", "reasoning");
const ORDER = differs("we keep the order in which the calls began, the package that in which they ended", "calls");

/**
 * Answers that we read otherwise than the AI SDK's packages do, and why, by fixture. `failed`: only one of both takes it for an answer. An
 * entry that is no longer true fails the test.
 */
export const DIFFERENCES: Readonly<Record<string, Difference>> = {
  "openai-chat/bom-crlf-cumulative.sse": differs("we read think tags as reasoning", "text", "reasoning"),
  "openai-chat/deepseek-reasoning.sse": differs("the package does not read DeepSeek's `prompt_cache_hit_tokens`", "cacheRead"),
  "openai-chat/done-without-reason.sse": differs("`[DONE]` is an end mark for us; the package wants a reason as well", "failed"),
  "openai-chat/gemini-thought-signature.sse": differs("Gemini says `stop` after a call; we tell that results are waited for", "reason"),
  "openai-chat/groq-x-usage.sse": differs("the package does not read `x_groq.usage`", "input", "output", "cacheRead", "thought"),
  "openai-chat/legacy-function-call.json": differs("the package does not read `function_call`", "calls"),
  "openai-chat/llamacpp-think-timings.sse": differs(
    "we read think tags as reasoning, and llama.cpp's `timings` as usage",
    "text",
    "reasoning",
    "input",
    "output",
    "cacheRead",
  ),
  "openai-chat/moonshot-choice-usage.sse": differs("the package does not read a choice's usage", "input", "output", "cacheRead"),
  "openai-chat/openrouter-reasoning-tool.sse": differs("the package does not read `cache_write_tokens`", "cacheWrite"),
  "openai-chat/xai-whole-reasoning.json": NO_THOUGHTS,
  "openai-responses/completed-only.sse": differs("we take from the end what no delta told", "text"),
  "openai-responses/done-items-only.sse": differs("we take from the end what no delta told", "text", "reasoning"),
  "openai-responses/incomplete-length.sse": differs("the package drops a call that was cut; we tell what there was of it", "calls"),
  "openai-responses/names-only-crlf-bom.sse": differs("the package wants `type` in the data, we take the event's name for it", "failed"),
  "openai-responses/openai-custom-tool.sse": differs(
    "the input of a freeform tool is `{ input }` for us, a JSON string for the package",
    "calls",
  ),
  "openai-responses/openai-reasoning-parallel-calls.sse": PARTS,
  "openai-responses/openrouter-reasoning-cost.sse": differs("the package reads summaries, not `reasoning_text`", "reasoning"),
  "openai-responses/whole-everything.json": differs(
    "a blank line between summaries; `{ input }` for a freeform tool",
    "reasoning",
    "calls",
  ),
  "anthropic-messages/bare-deltas.sse": differs("a stop reason is an end mark for us; the package wants `message_stop`", "failed"),
  "anthropic-messages/no-message-stop.sse": differs("a stop reason is an end mark for us; the package wants `message_stop`", "failed"),
  "anthropic-messages/opaque-with-input.sse": differs("after `pause_turn` the model wants to go on: it has not stopped", "reason"),
  "anthropic-messages/tools-interleaved.sse": ORDER,
  "anthropic-messages/unknown-parts.sse": STRICT,
  "anthropic-messages/whole-everything.json": STRICT,
  "google-generate/array-stream.json": differs("an answer streamed as a JSON array: the package asks for none", "failed"),
  "google-generate/blocked-prompt.sse": differs("a prompt that was refused is a failure for us, an empty answer for the package", "failed"),
  "google-generate/malformed-call.sse": differs("a broken call without any word is a failure for us", "failed"),
  "google-generate/partial-args-cut-by-limit.sse": differs("the package drops a call that was cut; we tell what there was of it", "calls"),
  "google-generate/partial-args-nowhere.sse": differs("a piece of arguments without a place: the package guesses one", "failed"),
  "google-generate/partial-args.sse": differs("the package does not read a quoted member in the path of a piece", "calls"),
  "google-generate/two-candidates.sse": differs("we read the candidate of index 0, the package the first in the list", "text"),
  "google-generate/whole-error.json": NO_ERROR,
  "google-generate/whole-no-candidates.json": NO_ERROR,
  "google-generate/whole-other-protocol.json": NO_ERROR,
  "bedrock-converse/server-tool.frames.json": STRICT,
  "bedrock-converse/tools-interleaved.frames.json": ORDER,
  "bedrock-converse/unknown-parts.frames.json": STRICT,
  "cohere-chat/after-the-end.sse": differs("nothing counts after the end mark; `cached_tokens` as above", "text", "cacheRead"),
  "cohere-chat/call-without-arguments.sse": differs("the package fails at arguments that are not JSON; we hand them on", "failed"),
  "cohere-chat/citations.sse": CACHED,
  "cohere-chat/error-at-end.sse": differs("an answer that ends with an error is a failure for us", "failed"),
  "cohere-chat/interleaved-calls.sse": differs("the package mixes the pieces of interleaved calls", "failed"),
  "cohere-chat/late-citation.sse": CACHED,
  "cohere-chat/max-tokens.sse": STRICT,
  "cohere-chat/no-names-crlf-bom.sse": STRICT,
  "cohere-chat/plan-and-parallel-calls.sse": PLAN,
  "cohere-chat/text.sse": CACHED,
  "cohere-chat/thinking-plan-call.sse": PLAN,
  "cohere-chat/timeout.sse": differs("TIMEOUT is the provider giving up; `cached_tokens` as above", "reason", "cacheRead"),
  "cohere-chat/toxic.sse": STRICT,
  "cohere-chat/whole-calls.json": PLAN,
  "cohere-chat/whole-text.json": CACHED,
  "cohere-chat/whole-thinking-citations.json": STRICT,
  "recorded/cohere/cohere-text.chunks.txt": CACHED,
  "recorded/cohere/cohere-text.json": CACHED,
  "recorded/cohere/cohere-tool-call.chunks.txt": PLAN,
  "recorded/cohere/cohere-tool-call.json": PLAN,
  "recorded/google/google-429-retry-info.json": NO_ERROR,
  "recorded/open-responses-responses/lmstudio-basic.1.json": differs("the package reads summaries, not `reasoning_text`", "reasoning"),
  "recorded/openai-compatible/xai-tool-call.chunks.txt": NO_THOUGHTS,
  "recorded/openai-compatible/xai-tool-call.json": NO_THOUGHTS,
  "recorded/openai-responses/openai-phase.1.chunks.txt": differs(
    "deltas are missing from the record: we take the rest from the end",
    "text",
  ),
  "recorded/xai/xai-text.chunks.txt": NO_THOUGHTS,
  "recorded/xai/xai-text.json": NO_THOUGHTS,
};
