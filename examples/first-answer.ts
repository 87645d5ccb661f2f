// Asks a model and prints its answer as it comes: node examples/first-answer.ts ollama/qwen3:14b "Say hello."
import { collect, openModel, userText } from "factory";

const [ref = "ollama/qwen3:14b", question = "Say hello in one sentence."] = process.argv.slice(2);
const model = await openModel(ref);
const request = { messages: [userText(question)] };

for await (const event of model.stream(request, AbortSignal.timeout(60_000))) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "finish") console.log(`\n${event.usage.outputTokens ?? "?"} tokens`);
}

// Or whole:
const answer = await collect(model.stream(request, AbortSignal.timeout(60_000)));
console.log(answer.message.content);
