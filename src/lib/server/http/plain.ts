/**
 * What came with a form or an address, without U+0000: nobody can type it, and no text column of Postgres keeps it. Conversations
 * come as JSON, where it is written `\\u0000` and stays.
 */
export const plain = <T>(entries: Iterable<readonly [string, T]>): Record<string, T> => {
	const kept: Record<string, T> = {};
	for (const [name, value] of entries)
		kept[name] = typeof value === 'string' ? (value.replaceAll('\u0000', '') as T & string) : value;
	return kept;
};
