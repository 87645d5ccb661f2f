import type { Json } from "#base/json.ts";

/** A property that an entry of a list must have to be a chat model: at `path` (dots between levels) stands one of `is`, or a list with one. */
export type Keep = {
  readonly path: string;
  readonly is: readonly Json[];
  /** Why an entry without it is left out. Entries that do not have the property at all stay, unless it is `required`. */
  readonly why: string;
  readonly required?: true;
  /** It does not count where no entry of the list has it. */
  readonly yields?: true;
};

/** How the next page is asked for. Paths have dots between levels. */
export type Paging =
  /** The answer holds at `read` what the next page's parameter `send` must be; `more`: it must also hold `true` there. */
  | { readonly by: "token"; readonly read: string; readonly send: string; readonly more?: string }
  /** Pages are numbered from 1; a page with fewer than `size` entries is the last. */
  | { readonly by: "number"; readonly send: string; readonly size: number };

/**
 * How a provider lists its models.
 * - `asked`: by a GET to `url`, which is whole (with `${NAME}` as in a base URL) or relative to the API's root (absent: the wire's own).
 *   `list` is where the entries stand (absent: the usual names), `id` the property that names one.
 * - `curated`: it has no list worth asking for; these are the models people want.
 * - `unlisted`: its models have names of the user's own; `why` says where they are found.
 */
export type Discovery =
  | {
      readonly by: "asked";
      readonly url?: string;
      readonly list?: string;
      readonly id?: string;
      /** Taken off the start of each id. */
      readonly idPrefix?: string;
      readonly query?: Readonly<Record<string, string>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly paging?: Paging;
      readonly keep?: readonly Keep[];
      /** Ids that match cannot chat, besides those of `NOT_CHAT`. */
      readonly skip?: RegExp;
      /** The list can be read without a key. */
      readonly open?: true;
    }
  | { readonly by: "curated"; readonly models: readonly string[] }
  | { readonly by: "unlisted"; readonly why: string };

export type Asked = Extract<Discovery, { by: "asked" }>;

/** Words in the ids of models that do something else than chat, whoever lists them. */
export const NOT_CHAT: readonly { readonly match: RegExp; readonly why: string }[] = [
  { match: /embed|(^|[-_/.:@])(bge|gte|e5|minilm|voyage)([-_.\d]|$)/i, why: "makes embeddings" },
  { match: /rerank/i, why: "ranks documents" },
  { match: /moderation|prompt-?guard|llama-?guard|safeguard|shieldgemma|content-safety/i, why: "judges content" },
  { match: /whisper|transcri|(^|[-_/.:])(asr|stt|scribe)([-_.:\d]|$)|translate/i, why: "transcribes speech" },
  { match: /(^|[-_/.:])tts([-_.:\d]|$)|speech|orpheus|playai|(^|[-_/.:])audio([-_.:\d]|$)|lyria|music/i, why: "makes sound" },
  { match: /realtime|native-audio|(^|[-_])live([-_]|$)/i, why: "talks over a live connection" },
  {
    match:
      /dall-e|gpt-image|chatgpt-image|imagen|(^|[-_/.:])image([-_.:\d]|$)|stable-?diffusion|sdxl|(^|[-_/.:])flux([-_.:\d]|$)|seedream|cogview/i,
    why: "makes images",
  },
  { match: /(^|[-_/.:])(veo|sora|video|wan\d?(\.\d)?|seedance|kling|cogvideox)([-_.:\d]|$)/i, why: "makes videos" },
  { match: /(^|[-_/.:])ocr([-_.:\d]|$)/i, why: "reads scanned pages" },
  { match: /^(davinci|babbage|curie|ada)([-_]|$)|instruct-0914/i, why: "completes text and does not chat" },
];
