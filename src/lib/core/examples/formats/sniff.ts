/** One parsed JSON object of a file, before anything is known about it. */
export type Row = Record<string, unknown>;

/**
 * The turns a format found in a row, not yet checked, or what the row lacks, to be read after `Line 3 `. `saysMore`: a turn
 * had fields that did not become part of a message.
 */
export type Draft = { turns: readonly unknown[]; rewrite?: unknown; saysMore?: boolean } | string;

/** The formats an import understands, as people call them. */
export const formats = {
	chat: 'Chat messages (OpenAI, Together)',
	sharegpt: 'ShareGPT conversations',
	alpaca: 'Alpaca instructions',
	'prompt-completion': 'Prompt and completion',
	pair: 'Input and output'
} as const;
export type Format = keyof typeof formats;

/** The format of one row by the fields it has, the most telling first. Unknown fields beside them are fine. */
export const formatOf = (row: Row): Format | null => {
	if (Array.isArray(row.messages)) return 'chat';
	if (Array.isArray(row.conversations)) return 'sharegpt';
	if (row.instruction !== undefined) return 'alpaca';
	if (row.prompt !== undefined && row.completion !== undefined) return 'prompt-completion';
	if (row.input !== undefined && row.output !== undefined) return 'pair';
	return null;
};

/** The format most of these lines are in, for the preview; the import itself looks at every line. Null when none can be told. */
export const sniff = (lines: Iterable<string>): Format | null => {
	const counts = new Map<Format, number>();
	for (const line of lines) {
		let row: unknown = null;
		try {
			row = JSON.parse(line);
		} catch {
			continue; // a broken line says nothing about the others
		}
		const format = typeof row === 'object' && row !== null ? formatOf(row as Row) : null;
		if (format) counts.set(format, (counts.get(format) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
};
