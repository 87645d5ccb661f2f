import type { Tool } from "#tools/tool.ts";
import { editTool } from "#tools/edit.ts";
import { globTool } from "#tools/glob.ts";
import { grepTool } from "#tools/grep.ts";
import { lsTool } from "#tools/ls.ts";
import { readTool } from "#tools/read.ts";
import { createShellTool } from "#tools/shell.ts";
import { writeTool } from "#tools/write.ts";

/** The agent's tools, always in this order: a stable prefix is what prompt caches live on. */
export const agentTools = (): readonly Tool[] => [readTool, writeTool, editTool, createShellTool(), grepTool, globTool, lsTool];
