import { collect, openModel, userText } from "factory";

const model = await openModel("ollama/qwen3:14b");
const answer = await collect(model.stream({ messages: [userText("Say hello.")] }, AbortSignal.timeout(60_000)));
console.log(answer.message.content, answer.usage);
