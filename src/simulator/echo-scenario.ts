import type { Scenario } from "#simulator/scenario.ts";

/** Answers every request with a short text that repeats its beginning. */
export const ECHO_SCENARIO: Scenario = {
  name: "echo",
  models: [{ id: "sim", context_tokens: 32_768 }],
  steps: [
    {
      times: 0,
      pace: { first_ms: 100, between_ms: 15 },
      reply: { text: "This is the simulator's built-in echo. You said: ${last_user}" },
    },
  ],
};
