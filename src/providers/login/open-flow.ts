import type { Authority } from "#providers/login/authority.ts";
import { chatGpt } from "#providers/login/chatgpt.ts";
import { codex } from "#providers/login/codex.ts";
import { copilot } from "#providers/login/copilot.ts";
import type { StoredWay } from "#providers/login/flows.ts";
import type { LoginAround, LoginFlow } from "#providers/login/login.ts";
import { miniMax } from "#providers/login/minimax.ts";
import { openRouter } from "#providers/login/openrouter.ts";
import { pasted } from "#providers/login/pasted.ts";
import { standardDevice } from "#providers/login/standard-device.ts";

/** The flow that goes this way. Throws `UsageError` for a host that is none. */
export function openFlow(authority: Authority, way: StoredWay, around: LoginAround): LoginFlow {
  switch (way.kind) {
    case "device":
      return standardDevice(authority, way.device, around);
    case "copilot":
      return copilot(authority, way.clientId, around);
    case "codex":
      return codex(authority, way.clientId, around);
    case "minimax":
      return miniMax(authority, way.region, around);
    case "chatgpt":
      return chatGpt(authority, around);
    case "openrouter":
      return openRouter(authority, around);
    case "pasted":
      return pasted(way);
  }
}
