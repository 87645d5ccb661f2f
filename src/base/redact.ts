/**
 * The text without its secrets: first those given by value, also as they look in a URL or in JSON, then whatever has the shape of a key.
 * A masked key keeps its kind (`sk-***`), so that a reader still sees which one it was.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets.flatMap(spellings).sort((a, b) => b.length - a.length)) clean = clean.replaceAll(secret, MASK);
  for (const [shape, replacement] of SHAPES) clean = clean.replace(shape, replacement);
  return clean;
}

const MASK = "***";

/** Anything shorter is a common word or a placeholder and would tear holes into plain text. */
const SHORTEST_SECRET = 6;

function spellings(secret: string): readonly string[] {
  if (secret.length < SHORTEST_SECRET) return [];
  return [secret, encodeURIComponent(secret.toWellFormed()), JSON.stringify(secret).slice(1, -1)];
}

/** Every pattern is linear: one class repeated, after a fixed beginning. */
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Za-z0-9])((?:sk|rk|pk|fw|pplx|xai|csk|nvapi|r8|tgp|fk|dsk)[-_])[\w.*-]{8,}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9])((?:gsk|hf|gh[opsur]|github_pat|glpat|sess|vck|npm)[-_])[\w.*-]{8,}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9])(AIza|ya29\.)[\w.*-]{10,}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{12,}/g, `$1${MASK}`],
  [/(?<![A-Za-z0-9])(eyJ)[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g, `$1${MASK}`],
  [/\b(Bearer|Basic)(\s+)[\w.~+/=*-]{8,}/gi, `$1$2${MASK}`],
  [/([?&](?:key|api[-_]?key|access_token|token|sig|signature)=)[^&\s"'<>]{4,}/gi, `$1${MASK}`],
  [/((?:api[-_]?key|access_token|refresh_token|client_secret|password)"?\s{0,4}[:=]\s{0,4}"?)[\w.~+/=*-]{8,}/gi, `$1${MASK}`],
  [/(:\/\/[^\s/:@]{1,100}:)[^\s/@]{1,200}(?=@)/g, `$1${MASK}`],
];
