/** One parsed JSON object of a file, before anything is known about it. */
export type Row = Record<string, unknown>;

/**
 * The turns a format found in a row, not yet checked, or what the row lacks, to be read after `Line 3 `. `saysMore`: a turn
 * had fields that did not become part of a message.
 */
export type Draft = { turns: readonly unknown[]; rewrite?: unknown; saysMore?: boolean } | string;

/** A way in which files write an example down. Each has a file of its own here; sniff.ts lists them. */
export type Format = {
	/** What people call it. */
	name: string;
	/** Whether a row is in this format, by the fields it has. Unknown fields beside them are fine. */
	sniff: (row: Row) => boolean;
	/** The example in a row that `sniff` knows. */
	read: (row: Row) => Draft;
	/** The fields that live on in the example; any other makes the line worth keeping. */
	fields: ReadonlySet<string>;
};

/** The fields of a format, with those that every format may have. */
export const fields = (...names: string[]): ReadonlySet<string> => new Set([...names, 'rating', 'rewrite', 'split']);

/** A system turn where the row has a system prompt; many files carry an empty one. */
export const systemTurn = (system: unknown): unknown[] =>
	system == null || (typeof system === 'string' && system.trim() === '') ? [] : [{ role: 'system', content: system }];
