import { versionedUrl } from "#wires/versioned-url.ts";

/** The URL of the chat call, from a base with or without its version or already complete. */
export const chatUrl = (base: string): string => versionedUrl(base, "/chat/completions");
