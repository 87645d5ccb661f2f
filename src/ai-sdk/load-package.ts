import { isObject } from "#base/json.ts";
import { redact } from "#base/redact.ts";
import { UsageError } from "#base/usage-error.ts";
import { importPackage, type ImportedPackage } from "#ai-sdk/import-package.ts";
import type { LanguageModelV4 } from "#ai-sdk/v4.ts";

export type PackageChoice = {
  /** `@ai-sdk/groq`; only the bare name of an npm package. */
  readonly packageName: string;
  readonly modelId: string;
  /** What the package's `create…` function takes: `apiKey`, `baseURL`, `headers`, `name`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Folders, the first wins; each is searched as Node does, with those above it. */
  readonly from: readonly string[];
};

/**
 * A model from the AI SDK provider package that the user installed. Throws `UsageError`: no package's name, not installed, it cannot be
 * loaded, no provider in it, the provider makes no such model, or it speaks another version of the specification.
 */
export async function loadAiSdkPackage({ packageName, modelId, settings, from }: PackageChoice): Promise<LanguageModelV4> {
  const loaded = await importPackage(packageName, from);
  const secrets = Object.values(settings).filter((value) => typeof value === "string");
  const model = attempt(loaded, secrets, () => modelOf(providerOf(loaded, settings), modelId));
  if (!isObject(model) || typeof model["specificationVersion"] !== "string") {
    throw new UsageError(`${loaded.label} makes something else than a language model`, "Name a provider package of the AI SDK.");
  }
  const { specificationVersion: spoken } = model;
  if (spoken !== "v4") {
    const sdk = SDK_OF[spoken] ?? "another AI SDK";
    throw new UsageError(
      `${loaded.label} speaks language model specification ${spoken} (${sdk}); factory speaks v4 (AI SDK 7)`,
      `Install a version of it for AI SDK 7: npm install ${packageName}@latest`,
    );
  }
  if (typeof model["doStream"] !== "function" || typeof model["doGenerate"] !== "function") {
    throw new UsageError(`${loaded.label} makes no complete language model`, `Install another version: npm install ${packageName}@latest`);
  }
  // Version and methods were looked at; the rest is the specification's promise.
  return model as unknown as LanguageModelV4;
}

const SDK_OF: Readonly<Record<string, string>> = { v1: "AI SDK 4", v2: "AI SDK 5", v3: "AI SDK 6" };

type Callable = (...values: readonly unknown[]) => unknown;

function attempt(loaded: ImportedPackage, secrets: readonly string[], make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(
      `${loaded.label} could not make the model: ${redact(reason, secrets)}`,
      "Check the provider's entry in the configuration: its key, its base URL, the model's name.",
    );
  }
}

/** What the package's `create…` function makes of the settings, or its ready-made provider where it has none. */
function providerOf({ members, label, packageName }: ImportedPackage, settings: PackageChoice["settings"]): unknown {
  const factories = Object.keys(members).filter((name) => /^create[A-Z]/.test(name) && isCallable(members[name]));
  const wanted = lettersOf(packageName.split("/").at(-1) ?? "");
  const name = factories.find((each) => lettersOf(each) === `create${wanted}`) ?? factories[0];
  const create = name === undefined ? undefined : members[name];
  if (isCallable(create)) return create(settings);
  const ready = [members["default"], ...Object.values(members)].find(isProvider);
  if (ready !== undefined) return ready;
  throw new UsageError(
    `${label} has no provider of the AI SDK in it`,
    "Name a package that exports a `create…` function, such as @ai-sdk/groq.",
  );
}

/** A provider is called, or asked for its `languageModel`. */
function modelOf(provider: unknown, modelId: string): unknown {
  if (isProvider(provider)) return provider.languageModel(modelId);
  return isCallable(provider) ? provider(modelId) : undefined;
}

const lettersOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

const isCallable = (value: unknown): value is Callable => typeof value === "function";

const isProvider = (value: unknown): value is { readonly languageModel: Callable } =>
  (typeof value === "object" || typeof value === "function") &&
  value !== null &&
  "languageModel" in value &&
  isCallable(value.languageModel);
