/**
 * The prompts in a text that people paste: one on each line; where blank lines stand between them, what stands between two of those. JSON
 * comes back as null: it is read as a file is.
 */
export const promptsPasted = (text: string): string[] | null => {
	const trimmed = text.trim();
	if (/^(\{|\[\s*["{[])/.test(trimmed)) return null;
	const pieces = /\n[ \t\r]*\n/.test(trimmed) ? trimmed.split(/\n(?:[ \t\r]*\n)+/) : trimmed.split('\n');
	return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
};

/** The same as lines of a file. */
export const asFile = (prompts: readonly string[]): string =>
	prompts.map((prompt) => JSON.stringify({ prompt }) + '\n').join('');
