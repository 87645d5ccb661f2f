import { WIRE } from "#wires/google-generate/carry.ts";
import { decodeEvents } from "#wires/google-generate/decode-events.ts";
import { decodeRequest } from "#wires/google-generate/decode-request.ts";
import { encodeError } from "#wires/google-generate/encode-error.ts";
import { encodeEvents } from "#wires/google-generate/encode-events.ts";
import { encodeRequest } from "#wires/google-generate/encode-request.ts";
import { generateUrl } from "#wires/google-generate/url.ts";
import type { Wire } from "#wires/wire.ts";

/** The Gemini API's `generateContent` and `streamGenerateContent` (ai.google.dev/api/generate-content), also as Vertex AI serves them. */
export const googleGenerate = {
  name: WIRE,
  url: generateUrl,
  encodeRequest,
  decodeEvents,
  decodeRequest,
  encodeEvents,
  encodeError,
} satisfies Wire;
