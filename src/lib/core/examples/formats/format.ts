/** One parsed JSON object of a file, before anything is known about it. */
export type Row = Record<string, unknown>;

/**
 * The turns a format found in a row, not yet checked, or what the row lacks, to be read after `Line 3 `. `saysMore`: a turn
 * was written in other words than those of a message.
 */
export type Draft = { turns: readonly unknown[]; rewrite?: unknown; saysMore?: boolean } | string;

/** A way in which files write an example down. Each has a file of its own here; sniff.ts lists them. */
export type Format = {
	/** What people call it. */
	name: string;
	/**
	 * Whether a row is in this format, by the fields it has. Unknown fields beside them are fine, and a field that is null is
	 * none: where sets are put together, every row has the columns of all.
	 */
	sniff: (row: Row) => boolean;
	/** The example in a row that `sniff` knows. */
	read: (row: Row) => Draft;
	/** The fields that live on in the example; any other makes the line worth keeping. */
	fields: ReadonlySet<string>;
};

/** The fields of a format, with those that every format may have. */
export const fields = (...names: string[]): ReadonlySet<string> =>
	new Set([...names, 'system', 'rating', 'rewrite', 'split']);

const isBlank = (text: unknown) => text == null || (typeof text === 'string' && text.trim() === '');

/** A draft whose conversation begins with the row's system prompt, where there is one; many files carry an empty one. */
export const drafted = (
	row: Row,
	turns: readonly unknown[],
	more: { rewrite?: unknown; saysMore?: boolean }
): Draft => {
	const { system } = row;
	if (isBlank(system)) return { turns, ...more };
	const first = turns[0] as Row | null | undefined;
	if (first?.role !== 'system') return { turns: [{ role: 'system', content: system }, ...turns], ...more };
	return first.content === system
		? { turns, ...more }
		: 'has a "system" that says something else than its system turn; keep one of them';
};

/** The answer of a row that has no turns, with the thoughts that stand beside it. */
export const answerTurn = (row: Row, content: unknown): Row => ({
	role: 'assistant',
	content,
	...(row.reasoning != null && { reasoning: row.reasoning }),
	...(row.reasoning_content != null && { reasoning_content: row.reasoning_content })
});
