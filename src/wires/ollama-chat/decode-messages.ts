import { toolCallId } from "#model/ids.ts";
import type { AssistantBlock, ImageBlock, Message, TextBlock, ToolCallBlock, ToolResultBlock } from "#model/message.ts";
import { fromArguments } from "#wires/ollama-chat/call-arguments.ts";
import type { Place } from "#wires/openai-chat/request-fields.ts";
import { listField, objectAt, objectField, required, stringField, wrongField } from "#wires/openai-chat/request-fields.ts";

/**
 * Reads a client's messages; all system messages become one text. Calls without an id are named `call_0`, `call_1` … through the
 * conversation, and a result without one answers the first open call of its tool.
 */
export function decodeMessages(list: readonly unknown[]): { readonly system: string; readonly messages: readonly Message[] } {
  const reader = new MessageReader();
  list.forEach((item, at) => reader.read(objectAt(item, `messages[${at}]`)));
  return { system: reader.system.join("\n\n"), messages: reader.messages };
}

class MessageReader {
  readonly system: string[] = [];
  readonly messages: Message[] = [];
  #callCount = 0;
  #openCalls: ToolCallBlock[] = [];

  read(place: Place): void {
    const role = required(stringField(place, "role"), `${place.path}role`);
    switch (role) {
      case "system":
        this.system.push(stringField(place, "content") ?? "");
        return;
      case "user":
        this.messages.push({ role: "user", content: decodeContent(place) });
        return;
      case "assistant":
        this.messages.push({ role: "assistant", content: this.#assistant(place) });
        return;
      case "tool":
        this.#result(place);
        return;
      default:
        throw wrongField(`${place.path}role`, "must be system, user, assistant or tool");
    }
  }

  #assistant(place: Place): readonly AssistantBlock[] {
    const thinking = stringField(place, "thinking") ?? "";
    const text = stringField(place, "content") ?? "";
    const calls = (listField(place, "tool_calls") ?? []).map((call, at) => this.#call(objectAt(call, `${place.path}tool_calls[${at}]`)));
    this.#openCalls = [...calls];
    return [
      ...(thinking === "" ? [] : [{ type: "reasoning", text: thinking } as const]),
      ...(text === "" ? [] : [{ type: "text", text } as const]),
      ...calls,
    ];
  }

  #call(place: Place): ToolCallBlock {
    const called = required(objectField(place, "function"), `${place.path}function`);
    const id = stringField(place, "id") || this.#nextId();
    const name = required(stringField(called, "name"), `${called.path}name`);
    return { type: "tool-call", id: toolCallId(id), name, json: fromArguments(called.fields.arguments) };
  }

  #result(place: Place): void {
    const id = stringField(place, "tool_call_id") || undefined;
    const named = stringField(place, "tool_name") ?? stringField(place, "name");
    const at = this.#openCalls.findIndex((call) => (id === undefined ? named === undefined || call.name === named : call.id === id));
    const [call] = at === -1 ? [] : this.#openCalls.splice(at, 1);
    const result: ToolResultBlock = {
      type: "tool-result",
      callId: toolCallId(id ?? call?.id ?? this.#nextId()),
      name: named ?? call?.name ?? "",
      content: decodeContent(place),
      isError: false,
    };
    const last = this.messages.at(-1);
    if (last?.role === "tool") this.messages[this.messages.length - 1] = { role: "tool", content: [...last.content, result] };
    else this.messages.push({ role: "tool", content: [result] });
  }

  #nextId(): string {
    const id = `call_${this.#callCount}`;
    this.#callCount += 1;
    return id;
  }
}

function decodeContent(place: Place): readonly (TextBlock | ImageBlock)[] {
  const text = stringField(place, "content") ?? "";
  const images = (listField(place, "images") ?? []).map((image, at) => decodeImage(image, `${place.path}images[${at}]`));
  return [...(text === "" && images.length > 0 ? [] : [{ type: "text", text } as const]), ...images];
}

/** How each kind of picture begins in base64. */
const PICTURES = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
] as const;

/** The wire does not say what a picture is: its first bytes do, and a `data:` prefix that some clients leave in. */
function decodeImage(value: unknown, path: string): ImageBlock {
  if (typeof value !== "string" || value === "") throw wrongField(path, "must be a picture in base64");
  const prefix = /^data:([\w.+-]+\/[\w.+-]+);base64,/.exec(value);
  const data = prefix === null ? value : value.slice(prefix[0].length);
  const seen = PICTURES.find(([start]) => data.startsWith(start))?.[1];
  return { type: "image", mediaType: seen ?? prefix?.[1] ?? "image/png", data };
}
