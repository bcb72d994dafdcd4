/**
 * Signs with which models mark turns and ends: `<|im_end|>` and others written like it, Gemma's, Llama's and Mistral's. In an example
 * they are read as the end of a turn and not as text.
 */
const controlToken = /<\|[a-z][a-z0-9_]{1,40}\|>|<(?:start|end)_of_turn>|\[\/?INST\]|<<\/?SYS>>/;

/** The same for the database, which looks for it in JSON and in rewrites. */
export const controlTokenPattern = controlToken.source.replaceAll('(?:', '(');

/** Whatever has a control token has one of these. */
export const controlTokenParts = ['<|', '_of_turn>', 'INST]', 'SYS>>'];

/** The first control token in a text, or null. Looking for the signs that they begin with takes a tenth of the time, and hardly any text has one. */
export const controlTokenIn = (text: string): string | null =>
	text.includes('<') || text.includes('[') ? (controlToken.exec(text)?.[0] ?? null) : null;
