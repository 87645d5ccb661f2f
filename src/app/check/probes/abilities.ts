import { parseJson } from "#base/json.ts";
import { checkSchema } from "#base/schema.ts";
import { textOf } from "#model/message.ts";
import { printText, printTokens } from "#app/check/evidence.ts";
import { fails, notTold, works, type Probe } from "#app/check/probe.ts";
import { CAPITAL } from "#app/check/requests.ts";

export const jsonSchema: Probe = {
  question: "answer by JSON Schema",
  sends: ["schema"],
  judge: async (bench) => {
    const { answer } = await bench.ask("schema");
    const value = parseJson(textOf(answer.message));
    if (value === undefined) return fails(`not JSON: ${printText(answer)}`);
    const [problem] = checkSchema(CAPITAL, value);
    return problem === undefined ? works(printText(answer)) : fails(`JSON, but ${problem.path} ${problem.message}`);
  },
};

export const image: Probe = {
  question: "sees an image",
  sends: ["image"],
  judge: async (bench) => {
    const { answer } = await bench.ask("image");
    const right = /\b(red|crimson|scarlet)\b/i.test(textOf(answer.message));
    return right ? works(printText(answer)) : fails(`a red square, but ${printText(answer)}`);
  },
};

export const reasoning: Probe = {
  question: "reasoning",
  sends: ["reasoning"],
  judge: async (bench) => {
    const { answer } = await bench.ask("reasoning");
    const blocks = answer.message.content.filter((block) => block.type === "reasoning");
    const { reasoningTokens } = answer.usage;
    const shown = blocks.reduce((sum, { text }) => sum + text.length, 0);
    const counted = reasoningTokens === null ? "not counted" : `${printTokens(reasoningTokens)} tokens`;
    if (blocks.length > 0) return works(`${shown === 0 ? "sealed" : `${printTokens(shown)} characters shown`}, ${counted}`);
    if (reasoningTokens === null) return notTold("none shown, none counted");
    return reasoningTokens > 0 ? works(`not shown, ${counted}`) : fails("none shown, 0 tokens counted");
  },
};

export const cachedPrefix: Probe = {
  question: "cached prefix",
  sends: ["firstCached", "secondCached"],
  judge: async (bench) => {
    await bench.ask("firstCached");
    const { inputTokens, cacheReadTokens } = (await bench.ask("secondCached")).answer.usage;
    if (cacheReadTokens === null) return notTold("cache reads are not told");
    const seen = `cache read ${printTokens(cacheReadTokens)} of ${printTokens(inputTokens)}`;
    return cacheReadTokens > 0 ? works(seen) : fails(`${seen} on the second call`);
  },
};
