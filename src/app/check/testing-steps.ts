import type { Scenario } from "#simulator/scenario.ts";
import { UNKNOWN_MODEL } from "#app/check/requests.ts";

const call = (city: string) => ({ name: "get_time", arguments: { city } });

/** A model that passes every probe. */
export const ABLE_STEPS: Scenario["steps"] = [
  { times: 0, when: { model: UNKNOWN_MODEL }, fault: { status: 404 } },
  { times: 0, when: { last_result: "14:37" }, reply: { text: "In Paris it is 14:37." } },
  { times: 0, when: { last_user: "Paris and in Rome" }, reply: { tool_calls: [call("Paris"), call("Rome")] } },
  { times: 0, when: { has_tool: "get_time" }, reply: { tool_calls: [call("Paris")] } },
  {
    times: 0,
    when: { last_user: "1 to 30" },
    pace: { between_ms: 15 },
    reply: { text: "one, two, three, four, five, six, seven, eight, nine, ten" },
  },
  {
    times: 0,
    when: { last_user: "1 to 400" },
    pace: { between_ms: 100 },
    reply: { text: "one, two, three, four, five, six, seven, eight" },
  },
  { times: 0, when: { last_user: "capital" }, reply: { text: '{"city":"Paris","river":"Seine"}' } },
  { times: 0, when: { last_user: "colour" }, reply: { text: "Red." } },
  { times: 0, when: { last_user: "bat and a ball" }, reply: { reasoning: "x + x + 1 = 1.1", text: "0.05", usage: { reasoning: 12 } } },
  { when: { last_user: "ready" }, reply: { text: "ready", usage: { input: 2810, cache_write: 2800 } } },
  { times: 0, when: { last_user: "ready" }, reply: { text: "ready", usage: { input: 2810, cache_read: 2800 } } },
  { when: { last_user: "pong" }, reply: { text: "pong" } },
  { times: 0, when: { last_user: "pong" }, fault: { status: 400 } },
];
