import { ModelError } from "#model/error.ts";
import { again, checkedUrl, refusal, unreadable, type Authority } from "#providers/login/authority.ts";
import { openCallback, readPasted, type Callback, type Expected } from "#providers/login/callback.ts";
import { denied, expired, type Waiting } from "#providers/login/device-flow.ts";

export type BrowserSignIn = {
  readonly authority: Authority;
  /** The port that the authority sends the browser to; 0: any. */
  readonly port: number;
  readonly loopback: "127.0.0.1" | "localhost";
  readonly expected: Expected;
  /** The page to open, given where it must send the browser afterwards. */
  readonly toPage: (redirectUri: string) => string;
};

/** `params`: what the authority sent back with the browser. */
export type Authorized = { readonly code: string; readonly redirectUri: string; readonly params: URLSearchParams };

/** Sends the person to a page and waits, at most 15 minutes, until the browser comes back to this machine or the address is pasted. */
export async function authorizeInBrowser(signIn: BrowserSignIn, { ui, clock, signal }: Waiting): Promise<Authorized> {
  const { authority, expected, loopback, port, toPage } = signIn;
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const callback = await openCallback(expected, port, either);
  try {
    const redirectUri = `http://${loopback}:${callback.port}${expected.path}`;
    ui.showCode({ url: checkedUrl(toPage(redirectUri), authority), code: null, expiresInS: LIFE_MS / 1000 });
    ui.waiting();
    const late = clock.sleep(LIFE_MS, either).then(() => Promise.reject(expired(authority)));
    const params = await Promise.race([callback.answered, pasted({ ui, clock, signal: either }, expected, callback), late]);
    return { code: codeOf(params, authority), redirectUri, params };
  } finally {
    over.abort();
    callback.close();
  }
}

/** For a browser on another machine, which cannot come back to this one. */
async function pasted({ ui, signal }: Waiting, expected: Expected, callback: Callback): Promise<URLSearchParams> {
  for (;;) {
    const text = await ui.prompt({ text: "Browser on another machine? Paste the address it ended at: ", secret: false }, signal);
    if (text === "") return callback.answered;
    const params = readPasted(text, expected);
    if (params !== undefined) return params;
    ui.note("That is not the answer to this sign-in. It looks like http://…?code=…");
  }
}

function codeOf(params: URLSearchParams, authority: Authority): string {
  const error = params.get("error");
  if (error === "access_denied") throw denied(authority);
  if (error !== null) throw refusal(authority, { status: 400, body: { error, error_description: params.get("error_description") ?? "" } });
  const code = params.get("code");
  if (code === null || code === "") throw unreadable(authority, "code");
  return code;
}

/** The one who came back is not the one who was sent. */
export const foreignAnswer = ({ provider, name }: Authority): ModelError =>
  new ModelError("auth", `the answer of ${name} belongs to another sign-in`, { provider, advice: again(provider) });

const LIFE_MS = 900_000;
