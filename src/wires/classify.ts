import type { ErrorKind } from "#model/error.ts";

/** The kinds that a provider's own words can mean; the others are found out on this side of the line. */
export type AnswerKind = Extract<
  ErrorKind,
  | "rate-limit"
  | "quota"
  | "overloaded"
  | "server"
  | "auth"
  | "permission"
  | "bad-request"
  | "unsupported-parameter"
  | "context-overflow"
  | "content-filter"
  | "model-not-found"
  | "bad-response"
>;

/** What an answer shows of its failure. `text` is the provider's prose, or the title of a web page. */
type ErrorSigns = {
  readonly status?: number;
  readonly codes: readonly string[];
  readonly text: string;
  readonly page?: boolean;
};

/** Fits where all that it names fits: one of the codes, the status, one phrase of the prose. */
type ErrorRow = {
  readonly kind: AnswerKind;
  readonly code?: RegExp;
  readonly status?: RegExp;
  readonly text?: readonly RegExp[];
  readonly page?: true;
  /** Better than the kind's own advice. */
  readonly advice?: string;
};

/** The first row of the table that fits; the last one always does. */
export function classify(signs: ErrorSigns): ErrorRow {
  return ERROR_ROWS.find((row) => fits(row, signs)) ?? UNTOLD;
}

/** More of the prose is never searched: some patterns look back over what lies between two words. */
const SEARCHED_CHARACTERS = 4096;

function fits(row: ErrorRow, { status, codes, text, page }: ErrorSigns): boolean {
  if (row.page === true && page !== true) return false;
  if (row.status !== undefined && !row.status.test(status === undefined ? "" : String(status))) return false;
  const { code } = row;
  if (code !== undefined && !codes.some((one) => code.test(one))) return false;
  const prose = text.slice(0, SEARCHED_CHARACTERS);
  return row.text === undefined || row.text.some((phrase) => phrase.test(prose));
}

const UNTOLD: ErrorRow = { kind: "server" };

/** Codes are matched whole: the vendors' lists, one kind a line. */
const codes = (...names: readonly string[]): RegExp => new RegExp(`^(?:${names.join("|")})$`, "i");

/**
 * From signs to kinds, first fit wins: typed codes that mean one thing, then statuses that do, then the prose, then what is left of the
 * statuses and codes. Numeric codes are Zhipu's (11xx, 12xx, 13xx), MiniMax's (10xx, 20xx) and Cloudflare's (30xx).
 */
export const ERROR_ROWS: readonly ErrorRow[] = [
  // Typed codes.
  {
    kind: "content-filter",
    code: codes(
      "content_filter(?:ed)?|(?:image_)?content_policy_violation|ResponsibleAIPolicyViolation|data_?inspection_?failed",
      ".*SensitiveContentDetected.*|moderation(?:_error|_blocked)?|invalid_prompt|PROHIBITED_CONTENT|SAFETY|1301|1026|1027",
    ),
  },
  {
    kind: "context-overflow",
    code: codes(
      "context_length_exceeded|context_window_exceeded|model_context_window_exceeded|exceed_context_size_error|request_too_large",
      "tokens_too_long|characters_too_long|prompt_too_long|1261|3006",
    ),
  },
  {
    kind: "quota",
    code: codes(
      "insufficient_quota|insufficient_user_quota|insufficient_balance|insufficient_credits|credit_balance_(?:exhausted|too_low)",
      ".*spend_limit_(?:exceeded|reached)|.*usage_limit_(?:exceeded|reached)|usage_not_included|quota_?exceeded|QUOTA_EXHAUSTED",
      "exceeded_current_quota_error|billing_error|billing_hard_limit_reached|billing_not_active|BILLING_DISABLED|payment_required",
      "(?:Free|Go)UsageLimitError|AccountOverdueError|Arrearage|SetLimitExceeded|AllocationQuota\\.FreeTierOnly|.*PerDay.*",
      "weight_exceeds_budget|openrouter_credits|openrouter_key_limit|1113|1304|1308|1309|1310|1311|1313|1008|2056|3036",
    ),
  },
  { kind: "quota", status: /^401$/, text: [/out of credits|insufficient (?:balance|credits?|funds|quota)/i] },
  { kind: "auth", status: /^401$/ },
  {
    kind: "overloaded",
    code: codes(
      "overloaded(?:_error)?|model_overloaded|server_?overloaded|engine_overloaded(?:_error)?|MODEL_CAPACITY_EXHAUSTED|capacity_exceeded",
      "server_busy|service_?unavailable(?:_?exception|_error)?|UNAVAILABLE|unavailable_error|ModelNotReadyException",
      "subscription_sharing_(?:usage|user)_unavailable|1305|1312|3040",
    ),
  },
  { kind: "context-overflow", status: /^413$/ },
  {
    kind: "rate-limit",
    code: codes(
      "rate_limit(?:_exceeded|_error|ed)?|rate_limit_reached(?:_error)?|[rt]pm_rate_limit_exceeded|too_many_requests(?:_error)?|slow_down",
      "Throttling.*|RateLimitExceeded.*|(?:ModelAccount)?[RT]pmRateLimitExceeded|in_flight_budget_exhausted|.*PerMinute.*",
      "1302|1303|1002|1039",
    ),
  },
  {
    kind: "auth",
    code: codes(
      "authentication_error|invalid_authentication(?:_error)?|invalid_?api_?key|incorrect_api_key|missing_api_key|API_KEY_INVALID",
      "UNAUTHENTICATED|unauthorized|token_expired|invalid_token|AuthenticationError|1004|2049",
      "ExpiredTokenException|UnrecognizedClientException|InvalidSignatureException",
    ),
  },
  {
    kind: "permission",
    code: codes(
      "unsupported_country_region_territory|access_terminated_error|insufficient_permissions|AccessDenied(?:Exception)?|SERVICE_DISABLED",
      "model_not_allowed|1220",
    ),
  },
  {
    kind: "model-not-found",
    code: codes(
      "model_?not_?found(?:_error)?|model_not_(?:supported|available|exist)|model_decommissioned|(?:unknown|unsupported|invalid)_model",
      "Deployment_?NotFound|ModelNotOpen|InvalidEndpointOrModel.*|1211",
    ),
  },
  // The model wrote a broken call: it may write a better one.
  { kind: "server", code: codes("tool_use_failed") },
  { kind: "unsupported-parameter", code: codes("unsupported_parameter|unsupported_value|unknown_parameter|not_supported_error") },

  // Web pages: nothing but their status and title counts.
  { kind: "bad-response", page: true, status: /^(?!429|5)/ },

  // Prose. What names a span of time comes before quota, and both before overflow: "too many tokens per minute".
  {
    kind: "rate-limit",
    text: [/per[-_ ](?:min|minute|second)(?:\b|_)|\b[RT]PM\b/i, /please retry in \d+(?:\.\d+)?s/i, /too many tokens, please wait/i],
  },
  {
    kind: "quota",
    text: [
      /insufficient (?:account )?(?:balance|credits?|funds|quota)|credit balance is too low|out of (?:credits|budget)|payment required/i,
      /exceeded your (?:current quota|monthly included credits)|\b(?:no|allocated) quota\b|quota[_ ](?:has been )?(?:exceeded|exhausted)/i,
      /(?:usage|spend(?:ing)?|billing(?: hard)?) limit|per[-_ ]day\b|\bdaily (?:\w+ )?(?:limit|allocation)|monthly limit/i,
      /requires more credits|available balance|used all available credits|in arrears|overdue|not included? in your plan|trial key/i,
    ],
  },
  { kind: "rate-limit", text: [/rate.?limit|too many requests|throttl|receiving too many/i] },
  {
    kind: "context-overflow",
    text: [
      /prompt (?:is )?too long|prompt exceeds max length|prompt tokens too long|request entity too large|input is too long/i,
      /(?:maximum|available|model'?s|exceeds?(?: the)?) context (?:length|size|window|limit)|context window (?:exceed|of this model)/i,
      /context[_ ]length[_ ]exceeded|(?:greater|less) than the context length|context length is only \d|context_window_exceeded/i,
      /input token count.{0,80}exceeds the maximum|maximum prompt length is \d|maximum allowed input length|input length.{0,80}exceeds/i,
      /token count.{0,40}exceeds the limit of \d|total message size.{0,40}exceeds|model token limit|exceed max message tokens/i,
      /reduce the length of the (?:messages|prompt)|reduce your message size|large for model with \d+ maximum|range of input length/i,
      /too many tokens|token limit exceeded|`inputs` tokens \+ `max_new_tokens`/i,
      // A small local server cut the prompt's front until no question was left.
      /no user query found/i,
    ],
  },
  {
    kind: "content-filter",
    text: [
      /content (?:management )?policy|content filter|flagged (?:by|as|for)|moderation|inappropriate content|sensitive (?:content|words)/i,
      /responsible ai|safety (?:system|filter|policy|settings)|violat\w+ (?:our|the) usage polic/i,
    ],
  },
  {
    kind: "overloaded",
    text: [
      /overloaded|(?:at|out of|available|insufficient) capacity|high demand|server[_ ](?:is )?busy|(?:temporarily|service) unavailable/i,
      /loading model|model is (?:currently |still )?loading|ResourceExhausted/i,
    ],
  },
  {
    kind: "unsupported-parameter",
    text: [/(?:not|n't) support (?:tools?\b|function|calling)|support tool use|tools? param requires|tool choice requires/i],
    advice: "The model cannot call tools natively: choose one that can with -m, or let its calls be read from text.",
  },
  {
    kind: "unsupported-parameter",
    text: [
      /does(?: not|n't) support (?:thinking|reasoning|image|vision|stream|system|json|response|\S+ with this model)|support image input/i,
      /(?:unsupported|unknown|unrecognized) (?:parameter|value|name|field|(?:request )?argument)|inputs are not permitted/i,
      /(?:parameter|argument|temperature|top_p|top_k|max_tokens|tool_choice)\S{0,2} (?:is )?(?:not supported|unsupported|deprecated)/i,
    ],
  },
  {
    kind: "permission",
    text: [/country, region|location is not supported|(?:requires a|no active|need a) subscription|subscription required/i],
  },
  {
    kind: "bad-response",
    text: [
      /^(?:404 )?(?:page )?not found\.?$/i,
      /invalid url|no (?:matching )?route|cannot (?:post|get) \/|unexpected endpoint|unknown request url/i,
    ],
  },
  {
    kind: "model-not-found",
    text: [/try pulling it first/i],
    advice: "The server does not have the model: fetch it with `ollama pull <model>`, or list what is there with `factory models`.",
  },
  {
    kind: "model-not-found",
    text: [
      /\bmodels?\b.{0,120}(?:not found|(?:not|n't) exist|decommissioned|no longer (?:available|supported)|is not supported|not a valid)/i,
      /(?:unknown|invalid|no such|not a valid) model|model identifier is invalid|no endpoints found for|access to the model|^model: \S/i,
    ],
  },
  {
    kind: "auth",
    text: [
      /(?:invalid|incorrect|missing|no|expired|provide an) (?:or missing )?(?:api[- _]?key|access token|auth\w*|credentials?|bearer)/i,
      /api[- _]?key (?:not valid|is (?:invalid|missing|required)|expired|not found)|unauthori[sz]ed|authentication (?:fail|require)/i,
    ],
  },
  { kind: "permission", text: [/permission|not (?:allowed|authorized) to|access denied|(?:does|do) not have access/i] },

  // What the statuses mean by themselves.
  { kind: "quota", status: /^402$/ },
  { kind: "permission", status: /^(?:403|412|451)$/ },
  { kind: "bad-response", status: /^404$/, text: [/^$/] },
  { kind: "model-not-found", status: /^(?:404|410)$/ },
  {
    kind: "bad-response",
    status: /^407$/,
    advice: "The proxy between here and the provider wants a login: check the proxy settings.",
  },
  { kind: "bad-response", status: /^(?:3\d\d|405)$/ },
  { kind: "server", status: /^(?:408|409|424|425|499)$/ },
  { kind: "rate-limit", status: /^429$/ },
  { kind: "overloaded", status: /^(?:498|503|529)$/ },
  { kind: "unsupported-parameter", status: /^501$/ },
  { kind: "bad-request", status: /^505$/ },
  { kind: "server", status: /^5/ },
  {
    kind: "bad-request",
    status: /^400$/,
    text: [/^$/],
    advice: "The provider did not say why; some answer so when the conversation is too long: try a shorter one, or --trace FILE.",
  },
  { kind: "bad-request", status: /^4/ },

  // Codes of broad meaning, inside a stream that began well.
  { kind: "rate-limit", code: codes("RESOURCE_EXHAUSTED") },
  { kind: "permission", code: codes("permission_error|permission_denied|forbidden") },
  { kind: "model-not-found", code: codes("not_found_error|not_found") },
  { kind: "bad-request", code: codes("invalid_request_error|INVALID_ARGUMENT|validation_?exception|bad_?request(?:error)?|2013") },
  UNTOLD,
];
