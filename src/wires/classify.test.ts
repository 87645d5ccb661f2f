import assert from "node:assert/strict";
import { test } from "node:test";
import { type AnswerKind, classify, ERROR_ROWS } from "#wires/classify.ts";

type Sample = readonly [kind: AnswerKind, status: number | undefined, codes: string, text: string];

/** Real answers: kind, HTTP status, codes separated by blanks, prose. */
const SAMPLES: readonly Sample[] = [
  ["content-filter", 400, "content_filter", "The response was filtered due to the prompt triggering our content management policy."],
  ["content-filter", 400, "DataInspectionFailed", "Input data may contain inappropriate content."],
  ["content-filter", 403, "", "Your input was flagged by our moderation model"],
  ["content-filter", 400, "", "Blocked by the safety system"],
  ["context-overflow", 400, "context_length_exceeded invalid_request_error", "This model's maximum context length is 8192 tokens."],
  ["context-overflow", 400, "exceed_context_size_error", "the request exceeds the available context size, try increasing it"],
  ["context-overflow", 400, "1261", "Prompt too long"],
  ["quota", 429, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."],
  ["quota", 429, "usage_limit_reached", "The usage limit has been reached"],
  ["quota", 429, "enforced_spend_limit_reached rate_limit_error", "spend limit"],
  ["quota", 429, "RESOURCE_EXHAUSTED GenerateRequestsPerDayPerProjectPerModel-FreeTier", "You exceeded your current quota"],
  ["quota", 429, "GoUsageLimitError", "Monthly usage limit reached"],
  ["quota", 403, "AccountOverdueError", "The request failed because your account has an overdue balance."],
  ["quota", 429, "1113", "Insufficient balance or no resource package. Please recharge."],
  ["quota", undefined, "1008", "insufficient balance"],
  ["quota", 402, "quota_exceeded", "You have no quota"],
  ["quota", 401, "", "You have run out of credits."],
  ["auth", 401, "invalid_api_key invalid_request_error", "Incorrect API key provided: sk-***"],
  ["auth", 401, "1002", "Authentication Token is illegal"],
  ["overloaded", 529, "overloaded_error", "Overloaded"],
  ["overloaded", 429, "1305", "The API has triggered a rate limit: too much traffic."],
  ["overloaded", 503, "UNAVAILABLE", "The model is overloaded. Please try again later."],
  ["context-overflow", 413, "rate_limit_exceeded", "Request too large on tokens per minute (TPM): Limit 6000, Requested 7000"],
  ["context-overflow", 413, "", "failed to parse request"],
  ["rate-limit", 429, "rate_limit_exceeded tokens", "Rate limit reached on tokens per min (TPM): Limit 30000, Used 29000"],
  ["rate-limit", 429, "rate_limit_error", "Number of request tokens has exceeded your per-minute rate limit"],
  ["rate-limit", 429, "ThrottlingException", "Too many tokens, please wait before trying again."],
  ["rate-limit", 402, "in_flight_budget_exhausted", "Too many requests in flight for the remaining budget"],
  ["rate-limit", 429, "1302", "Concurrency of the API is too high."],
  ["rate-limit", undefined, "1002", "rate limit, please retry later"],
  ["rate-limit", 429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan. Please retry in 34.07s."],
  ["auth", 400, "INVALID_ARGUMENT API_KEY_INVALID", "API key not valid. Please pass a valid API key."],
  ["auth", undefined, "1004", "login fail: Please carry the API secret key"],
  ["permission", 403, "unsupported_country_region_territory", "Country, region, or territory not supported"],
  ["permission", 403, "access_terminated_error", "Kimi For Coding is currently only available for coding agents"],
  ["model-not-found", 404, "model_not_found", "The model `gpt-9` does not exist or you do not have access to it."],
  ["model-not-found", 404, "DeploymentNotFound", "The API deployment for this resource does not exist."],
  ["model-not-found", 400, "model_not_supported", "The requested model is not supported."],
  ["server", 400, "tool_use_failed invalid_request_error", "Failed to call a function. Please adjust your prompt."],
  ["unsupported-parameter", 400, "unsupported_value", "'temperature' does not support 0 with this model."],
  ["unsupported-parameter", 400, "unsupported_parameter", "Use 'max_completion_tokens' instead of 'max_tokens'."],
  ["rate-limit", 429, "request_quota_exceeded", "Requests per minute limit exceeded - too many requests sent."],
  ["rate-limit", undefined, "", "Quota exceeded for generate_content_requests_per_minute_per_project_per_base_model"],
  ["quota", 400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API."],
  ["quota", 402, "", "You have exceeded your monthly included credits for Inference Providers."],
  ["quota", 429, "", "you have used up your daily free allocation of 10,000 neurons"],
  ["quota", 429, "", "Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day"],
  ["quota", 403, "", "Your team has used all available credits or reached its monthly spending limit."],
  ["quota", 403, "", "You've reached your usage limit for this billing cycle"],
  ["quota", 429, "", "You are using a Trial key, which is limited to 40 API calls"],
  ["rate-limit", undefined, "", "Requests rate limit exceeded"],
  ["rate-limit", 403, "", "Too many requests"],
  ["context-overflow", 400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"],
  ["context-overflow", 400, "", "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"],
  ["context-overflow", 400, "", "Input is too long for requested model."],
  ["context-overflow", 400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."],
  ["context-overflow", 400, "", "This model's maximum prompt length is 131072 but the request contains 140000 tokens."],
  ["context-overflow", 400, "", "prompt token count of 70000 exceeds the limit of 64000"],
  ["context-overflow", 400, "", "The number of tokens to keep from the initial prompt is greater than the context length"],
  ["context-overflow", 400, "", "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length"],
  ["context-overflow", 403, "", "Input token count + max_tokens must be less than the context length of the model being queried."],
  ["context-overflow", 400, "", "The input (9000 tokens) is longer than the model's context length (8192 tokens)."],
  ["context-overflow", 400, "", "Your request exceeded model token limit: 131072 (requested: 140000)"],
  ["context-overflow", 400, "", "total message size 2500000 exceeds limit 2097152"],
  ["context-overflow", 400, "InvalidParameter", "Range of input length should be [1, 30720]"],
  ["context-overflow", 400, "", "Please reduce the length of the messages or completion."],
  ["context-overflow", undefined, "2013", "invalid params, context window exceeds limit"],
  ["context-overflow", 400, "", "prompt too long; exceeded max context length by 812 tokens"],
  ["context-overflow", 400, "", "too many tokens: total number of tokens in the prompt cannot exceed 4081"],
  ["context-overflow", 500, "", "no user query found in messages"],
  ["context-overflow", 400, "", "`inputs` tokens + `max_new_tokens` must be <= 4097"],
  ["overloaded", undefined, "", "The engine is currently overloaded, please try again later"],
  ["overloaded", 500, "", "server busy, please try again. maximum pending requests exceeded"],
  ["overloaded", 503, "", "Loading model"],
  ["overloaded", 500, "", "ResourceExhausted: Worker local total request limit reached"],
  ["unsupported-parameter", 400, "", "registry.ollama.ai/library/gemma:2b does not support tools"],
  ["unsupported-parameter", 404, "", "No endpoints found that support tool use."],
  ["unsupported-parameter", 500, "", "tools param requires --jinja flag"],
  ["unsupported-parameter", 400, "", '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
  ["unsupported-parameter", 400, "", '"llama3.2" does not support thinking'],
  ["unsupported-parameter", 400, "INVALID_ARGUMENT", 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'],
  ["unsupported-parameter", 400, "invalid_request_error", "top_k: Extra inputs are not permitted"],
  ["unsupported-parameter", 400, "", "`temperature` is deprecated for this model."],
  ["permission", 400, "FAILED_PRECONDITION", "User location is not supported for the API use."],
  ["permission", 403, "", "this model requires a subscription, upgrade for access"],
  ["bad-response", 404, "", "404 page not found"],
  ["bad-response", 404, "", "Not Found"],
  ["bad-response", 404, "invalid_request_error", "Invalid URL (POST /v1/chat)"],
  ["bad-response", undefined, "", "Unexpected endpoint or method. (POST /chat/completions)"],
  ["model-not-found", 404, "", 'model "llama9" not found, try pulling it first'],
  ["model-not-found", 404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta"],
  ["model-not-found", 404, "not_found_error", "model: claude-9"],
  ["model-not-found", 400, "", "grok-9 is not a valid model ID"],
  ["model-not-found", 400, "ValidationException", "The provided model identifier is invalid."],
  ["auth", undefined, "", "No auth credentials found"],
  ["auth", 400, "", "API key expired. Please renew the API key."],
  ["auth", 403, "", "Unauthorized"],
  ["permission", 400, "", "You do not have access to this organisation"],
  ["quota", 402, "", "Something about money"],
  ["permission", 412, "", "Account suspended"],
  ["permission", 403, "", ""],
  ["bad-response", 404, "", ""],
  ["model-not-found", 404, "not_found_error", "nothing here by that name"],
  ["model-not-found", 410, "", "Gone"],
  ["bad-response", 407, "", "Proxy login"],
  ["bad-response", 302, "", ""],
  ["bad-response", 405, "", "Method Not Allowed"],
  ["server", 408, "", "Request timeout"],
  ["server", 409, "", "conflict"],
  ["rate-limit", 429, "", ""],
  ["overloaded", 498, "", "flex tier is full"],
  ["overloaded", 503, "", ""],
  ["unsupported-parameter", 501, "", "Not Implemented"],
  ["bad-request", 505, "", ""],
  ["server", 500, "api_error", "Internal server error"],
  ["server", 524, "", ""],
  ["bad-request", 400, "", ""],
  ["bad-request", 422, "missing", "body.messages: Field required"],
  ["bad-request", 400, "invalid_request_error", "messages: at least one message is required"],
  ["bad-request", 400, "", "expected at most 413 tokens and 429 words in 'stop'"],
  ["bad-request", 400, "", "max_tokens is too large: 100000. This model supports at most 16384 completion tokens."],
  ["rate-limit", undefined, "RESOURCE_EXHAUSTED", "Resource has been exhausted."],
  ["permission", undefined, "permission_error", "Your key is limited"],
  ["model-not-found", undefined, "not_found_error", "nothing here by that name"],
  ["bad-request", undefined, "invalid_request_error", "messages: at least one message is required"],
  ["server", undefined, "", "Provider returned error"],
  ["server", undefined, "", ""],
];

const signs = ([, status, codes, text]: Sample) => ({
  codes: codes === "" ? [] : codes.split(" "),
  text,
  ...(status === undefined ? {} : { status }),
});

for (const sample of SAMPLES) {
  test(sample.join(" ").trimEnd(), () => assert.equal(classify(signs(sample)).kind, sample[0]));
}

const PAGES = [
  [502, "server"],
  [503, "overloaded"],
  [429, "rate-limit"],
  [413, "context-overflow"],
  [401, "auth"],
  [403, "bad-response"],
  [404, "bad-response"],
  [200, "bad-response"],
] as const;

for (const [status, kind] of PAGES) {
  test(`a web page with status ${status} is ${kind}`, () => {
    assert.equal(classify({ status, codes: [], text: "Some title", page: true }).kind, kind);
  });
}

test("every row of the table has a sample", () => {
  const used = new Set(SAMPLES.map((sample) => classify(signs(sample))));
  assert.deepEqual(
    ERROR_ROWS.filter((row) => row.page !== true && !used.has(row)),
    [],
  );
});

test("a long hostile text is classified at once", () => {
  const text = "model input token count ".repeat(100_000);
  assert.equal(classify({ status: 400, codes: [], text }).kind, "bad-request");
});
