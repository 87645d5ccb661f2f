// Asks a model and prints what it says as it says it: node examples/first-answer.ts ollama/qwen3:14b "Say hello."
import { openModel, userText } from "factory";

const [ref = "ollama/qwen3:14b", question = "Say hello in one sentence."] = process.argv.slice(2);
const model = await openModel(ref);

for await (const event of model.stream({ messages: [userText(question)] }, AbortSignal.timeout(60_000))) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "finish") console.log(`\n[${event.reason}, ${event.usage.outputTokens ?? "?"} tokens]`);
}
