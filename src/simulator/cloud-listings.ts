import type { Listed, Page } from "#simulator/listings.ts";

/** `GET /v1beta/models` as Gemini answers it. */
export const geminiList = (models: readonly Listed[]): Page => ({ status: 200, body: { models: models.map(geminiModel) } });

/** `GET /v1beta/models/<id>`. */
export function geminiPage(models: readonly Listed[], id: string): Page {
  const model = models.find((candidate) => candidate.id === id);
  if (model !== undefined) return { status: 200, body: geminiModel(model) };
  return { status: 404, body: { error: { code: 404, message: `models/${id} is not found`, status: "NOT_FOUND" } } };
}

const geminiModel = ({ id, context_tokens: length }: Listed) => ({
  name: `models/${id}`,
  displayName: id,
  supportedGenerationMethods: ["generateContent", "countTokens"],
  ...(length === undefined ? {} : { inputTokenLimit: length }),
});

/** `GET /v1/models?endpoint=chat` as Cohere answers it. */
export const cohereList = (models: readonly Listed[]): Page => ({
  status: 200,
  body: {
    models: models.map(({ id, context_tokens: length }) => ({
      name: id,
      endpoints: ["chat"],
      finetuned: false,
      features: ["tools"],
      ...(length === undefined ? {} : { context_length: length }),
    })),
  },
});

/** `GET /foundation-models` as Bedrock's control plane answers it. */
export const bedrockList = (models: readonly Listed[]): Page => ({
  status: 200,
  body: {
    modelSummaries: models.map(({ id }) => ({
      modelId: id,
      modelName: id,
      modelArn: `arn:aws:bedrock:us-east-1::foundation-model/${id}`,
      providerName: "simulator",
      inputModalities: ["TEXT", "IMAGE"],
      outputModalities: ["TEXT"],
      responseStreamingSupported: true,
      inferenceTypesSupported: ["ON_DEMAND"],
      modelLifecycle: { status: "ACTIVE" },
    })),
  },
});

/** `GET /inference-profiles`: every model here is asked by its own id. */
export const NO_PROFILES: Page = { status: 200, body: { inferenceProfileSummaries: [] } };
