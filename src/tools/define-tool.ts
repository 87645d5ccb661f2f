import { readFileSync } from "node:fs";
import { checkSchema, type FromSchema, type Schema } from "#base/schema.ts";
import type { JsonObject } from "#base/json.ts";
import type { Access, Tool, ToolContext, ToolOutcome } from "#tools/tool.ts";

type Definition<S extends Schema> = {
  readonly name: string;
  readonly access: Access;
  /** The prompt's file, beside the tool: `new URL("./read.md", import.meta.url)`. */
  readonly prompt: URL;
  /** JSON Schema of the arguments. */
  readonly parameters: S;
  readonly title: (args: FromSchema<S>) => string;
  readonly run: (args: FromSchema<S>, context: ToolContext) => Promise<ToolOutcome>;
};

/** Declares a tool: its arguments are checked against their schema before `run` sees them. */
export function defineTool<const S extends Schema>(definition: Definition<S>): Tool {
  const { name, access, prompt, parameters } = definition;
  // The cast states what a schema is: a plain JSON object.
  const schema = parameters as unknown as JsonObject;
  return {
    name,
    access,
    spec: (profile) => ({ name, description: promptText(prompt, profile), parameters: schema }),
    // The casts here and below state what the check has just proved.
    title: (args) => (checkSchema(parameters, args).length === 0 ? definition.title(args as FromSchema<S>) : ""),
    run: async (args, context) => {
      const problems = checkSchema(parameters, args);
      if (problems.length === 0) return definition.run(args as FromSchema<S>, context);
      const reasons = problems.map(({ path, message }) => `${path}: ${message}`).join(" ");
      return failure(`The arguments of ${name} do not fit: ${reasons}\nExpected: ${JSON.stringify(schema)}`, "wrong arguments");
    },
  };
}

/** An outcome that tells the model what went wrong. */
export const failure = (text: string, note: string): ToolOutcome => ({
  content: [{ type: "text", text }],
  isError: true,
  note,
});

export const success = (text: string, note: string): ToolOutcome => ({
  content: [{ type: "text", text }],
  isError: false,
  note,
});

function promptText(file: URL, profile: "full" | "slim"): string {
  const text = readFileSync(file, "utf8").trim();
  const paragraphEnd = text.indexOf("\n\n");
  return profile === "full" || paragraphEnd === -1 ? text : text.slice(0, paragraphEnd);
}
