/**
 * The AI SDK's language model, specification `v4` (AI SDK 7), as far as it is used here. Declared by shape, so that the package
 * `@ai-sdk/provider` is needed neither to run nor to type-check; a test holds both against each other.
 */
export interface LanguageModelV4 {
  readonly specificationVersion: "v4";
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: PromiseLike<Record<string, RegExp[]>> | Record<string, RegExp[]>;
  doGenerate(options: V4CallOptions): PromiseLike<V4GenerateResult>;
  doStream(options: V4CallOptions): PromiseLike<{ readonly stream: ReadableStream<V4StreamPart> }>;
}

type V4Json = null | string | number | boolean | Readonly<V4Object> | readonly V4Json[];
export type V4Object = { [key: string]: V4Json | undefined };

/** By provider: what that one wants back (`providerMetadata`) or is told (`providerOptions`). */
export type V4Metadata = Record<string, V4Object>;

type Given = { readonly providerMetadata?: V4Metadata };
type Told = { readonly providerOptions?: V4Metadata };

export type V4CallOptions = Told & {
  readonly prompt: V4Message[];
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly stopSequences?: string[];
  readonly topP?: number;
  readonly topK?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly responseFormat?: { type: "text" } | { type: "json"; schema?: object | boolean; name?: string; description?: string };
  readonly seed?: number;
  readonly tools?: V4Tool[];
  readonly toolChoice?: { type: "auto" | "none" | "required" } | { type: "tool"; toolName: string };
  readonly abortSignal?: AbortSignal;
  readonly reasoning?: "provider-default" | "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";
};

export type V4Tool =
  | (Told & {
      readonly type: "function";
      readonly name: string;
      readonly description?: string;
      readonly inputSchema: object | boolean;
      readonly inputExamples?: object[];
      readonly strict?: boolean;
    })
  | { readonly type: "provider"; readonly id: `${string}.${string}`; readonly name: string; readonly args: Record<string, unknown> };

export type V4Message = Told &
  (
    | { readonly role: "system"; readonly content: string }
    | { readonly role: "user"; readonly content: (V4TextPart | V4FilePart)[] }
    | { readonly role: "assistant"; readonly content: V4AssistantPart[] }
    | { readonly role: "tool"; readonly content: (V4ToolResultPart | V4ApprovalPart)[] }
  );

export type V4AssistantPart =
  | V4TextPart
  | V4FilePart
  | V4ToolCallPart
  | V4ToolResultPart
  | (Told & { readonly type: "reasoning"; readonly text: string })
  | (Told & { readonly type: "custom"; readonly kind: `${string}.${string}` })
  | (Told & { readonly type: "reasoning-file"; readonly data: V4Bytes | V4Url; readonly mediaType: string });

export type V4TextPart = Told & { readonly type: "text"; readonly text: string };
export type V4FilePart = Told & {
  readonly type: "file";
  readonly filename?: string;
  readonly data: V4FileData;
  readonly mediaType: string;
};
type V4ToolCallPart = Told & {
  readonly type: "tool-call";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly input: unknown;
  readonly providerExecuted?: boolean;
};
export type V4ToolResultPart = Told & {
  readonly type: "tool-result";
  readonly toolCallId: string;
  readonly toolName: string;
  readonly output: V4ToolOutput;
};
type V4ApprovalPart = Told & {
  readonly type: "tool-approval-response";
  readonly approvalId: string;
  readonly approved: boolean;
  readonly reason?: string;
};

export type V4ToolOutput =
  | (Told & { readonly type: "text" | "error-text"; readonly value: string })
  | (Told & { readonly type: "json" | "error-json"; readonly value: V4Json })
  | (Told & { readonly type: "execution-denied"; readonly reason?: string })
  | { readonly type: "content"; readonly value: (V4TextPart | V4FilePart | (Told & { readonly type: "custom" }))[] };

/** A string is base64. */
export type V4Bytes = { readonly type: "data"; readonly data: Uint8Array | string };
export type V4Url = { readonly type: "url"; readonly url: URL };
type V4FileData =
  | V4Bytes
  | V4Url
  | { readonly type: "reference"; readonly reference: Record<string, string> & { type?: never } }
  | { readonly type: "text"; readonly text: string };

/** A whole block of an answer that is not streamed in pieces. */
export type V4Whole =
  | (Given & {
      readonly type: "tool-call";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly input: string;
      readonly providerExecuted?: boolean;
      readonly dynamic?: boolean;
    })
  | (Given & {
      readonly type: "tool-result";
      readonly toolCallId: string;
      readonly toolName: string;
      readonly result: NonNullable<V4Json>;
      readonly isError?: boolean;
      readonly preliminary?: boolean;
    })
  | (Given & { readonly type: "tool-approval-request"; readonly approvalId: string; readonly toolCallId: string })
  | (Given & { readonly type: "custom"; readonly kind: `${string}.${string}` })
  | (Given & { readonly type: "file" | "reasoning-file"; readonly mediaType: string; readonly data: V4Bytes | V4Url })
  | V4Source;

type V4Source = Given & { readonly type: "source"; readonly id: string } & (
    | { readonly sourceType: "url"; readonly url: string; readonly title?: string }
    | { readonly sourceType: "document"; readonly mediaType: string; readonly title: string; readonly filename?: string }
  );

export type V4Content = V4Whole | (Given & { readonly type: "text" | "reasoning"; readonly text: string });

export type V4GenerateResult = Given & {
  readonly content: V4Content[];
  readonly finishReason: V4FinishReason;
  readonly usage: V4Usage;
  readonly response?: { readonly id?: string; readonly modelId?: string };
  readonly warnings: V4Warning[];
};

export type V4StreamPart =
  | V4Whole
  | (Given & { readonly type: "text-start" | "reasoning-start" | "text-end" | "reasoning-end" | "tool-input-end"; readonly id: string })
  | (Given & { readonly type: "text-delta" | "reasoning-delta" | "tool-input-delta"; readonly id: string; readonly delta: string })
  | (Given & {
      readonly type: "tool-input-start";
      readonly id: string;
      readonly toolName: string;
      readonly inputEncoding?: "json" | "text";
      readonly providerExecuted?: boolean;
      readonly dynamic?: boolean;
    })
  | { readonly type: "stream-start"; readonly warnings: V4Warning[] }
  | { readonly type: "response-metadata"; readonly id?: string; readonly modelId?: string }
  | (Given & { readonly type: "finish"; readonly usage: V4Usage; readonly finishReason: V4FinishReason })
  | { readonly type: "ping" }
  | { readonly type: "raw"; readonly rawValue: unknown }
  | { readonly type: "error"; readonly error: unknown };

export type V4Warning =
  | { type: "unsupported" | "compatibility"; feature: string; details?: string }
  | { type: "deprecated"; setting: string; message: string }
  | { type: "other"; message: string };

export type V4FinishReason = {
  unified: "stop" | "length" | "content-filter" | "tool-calls" | "error" | "interrupted" | "other";
  raw: string | undefined;
};

/** Totals include their parts; `undefined` is not told. */
export type V4Usage = {
  inputTokens: { total: number | undefined; noCache: number | undefined; cacheRead: number | undefined; cacheWrite: number | undefined };
  outputTokens: { total: number | undefined; text: number | undefined; reasoning: number | undefined };
};
