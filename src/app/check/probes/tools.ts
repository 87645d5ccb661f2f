import { ModelError } from "#model/error.ts";
import { textOf, toolCallsOf, type AssistantMessage } from "#model/message.ts";
import type { Answer } from "#model/collect.ts";
import type { Bench, Exchange } from "#app/check/bench.ts";
import { printCalls, printText, rightCalls } from "#app/check/evidence.ts";
import { fails, notTold, works, type Probe } from "#app/check/probe.ts";
import { TIME_TOLD, withResult } from "#app/check/requests.ts";

export const toolCall: Probe = {
  question: "one tool call",
  sends: ["call"],
  judge: async (bench) => {
    const { answer } = await bench.ask("call");
    return rightCalls(answer).length > 0 ? works(printCalls(rightCalls(answer))) : fails(withoutCall(answer));
  },
};

function withoutCall(answer: Answer): string {
  const calls = toolCallsOf(answer.message);
  return calls.length > 0 ? `wrong arguments or name: ${printCalls(calls)}` : `no call, but ${printText(answer)}`;
}

export const parallelCalls: Probe = {
  question: "two calls in one answer",
  sends: ["calls"],
  judge: async (bench) => {
    if ((await firstCall(bench)) === undefined) return notTold("not asked: it makes no tool call");
    const { answer } = await bench.ask("calls");
    const calls = rightCalls(answer);
    if (calls.length === 0) return fails(withoutCall(answer));
    return calls.length > 1 ? works(printCalls(calls)) : fails(`only ${printCalls(calls)}`);
  },
};

/** The answer with the first tool call, where there is one. */
async function firstCall(bench: Bench): Promise<Exchange | undefined> {
  try {
    const exchange = await bench.ask("call");
    return rightCalls(exchange.answer).length > 0 ? exchange : undefined;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}

export const toolResult: Probe = {
  question: "tool result understood",
  sends: ["result"],
  judge: async (bench) => {
    const first = await firstCall(bench);
    if (first === undefined) return notTold("not asked: it makes no tool call");
    const { provider, id } = bench.model;
    const asked: AssistantMessage = { ...first.answer.message, from: { provider, model: id } };
    const { answer } = await bench.send(withResult(asked, toolCallsOf(asked)));
    return TIME_TOLD.test(textOf(answer.message)) ? works(printText(answer)) : fails(`the time is missing: ${printText(answer)}`);
  },
};

export const toolChoice: Probe = {
  question: "forced tool choice",
  sends: ["forced"],
  judge: async (bench) => {
    const { toolChoice: quirk } = bench.target.quirks;
    if (quirk === "auto-only" || quirk === "drop") return notTold(`not asked: known not to work (${quirk})`);
    if (await toolsRefused(bench)) return notTold("not asked: tools are refused");
    const { answer } = await bench.ask("forced");
    const calls = rightCalls(answer);
    return calls.length > 0 ? works(printCalls(calls)) : fails(`ignored: ${withoutCall(answer)}`);
  },
};

async function toolsRefused(bench: Bench): Promise<boolean> {
  try {
    await bench.ask("call");
    return false;
  } catch (error) {
    if (error instanceof ModelError) return true;
    throw error;
  }
}
