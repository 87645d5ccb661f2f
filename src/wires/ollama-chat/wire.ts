import type { Wire } from "#wires/wire.ts"; export declare const ollamaChat: Wire;
