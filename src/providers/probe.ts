/** Whom to ask about one model: a page of the server's own, or its list of models, whose entries say more than names. */
export type Probe = "ollama-show" | "llamacpp-props" | "lmstudio-models" | "list";
