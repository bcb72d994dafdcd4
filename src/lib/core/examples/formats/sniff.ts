import { readJson } from '../../text/json.ts';
import { alpaca } from './alpaca.ts';
import { chat } from './chat.ts';
import { conversation } from './conversation.ts';
import type { Format, Row } from './format.ts';
import { pair } from './pair.ts';
import { preference } from './preference.ts';
import { promptCompletion } from './prompt-completion.ts';
import { sharegpt } from './sharegpt.ts';

/** The formats an import understands, the most telling first: a row is in the first that knows it. */
export const formats = {
	preference,
	chat,
	sharegpt,
	conversation,
	alpaca,
	'prompt-completion': promptCompletion,
	pair
} as const satisfies Record<string, Format>;
export type FormatName = keyof typeof formats;

const inOrder = Object.entries(formats) as [FormatName, Format][];

/** The format of one row by the fields it has. */
export const formatOf = (row: Row): FormatName | null => {
	for (const [name, format] of inOrder) if (format.sniff(row)) return name;
	return null;
};

/** The format most of these lines are in, for the preview; the import itself looks at every line. Null when none can be told. */
export const sniff = (lines: Iterable<string>): FormatName | null => {
	const counts = new Map<FormatName, number>();
	for (const line of lines) {
		let row: unknown = null;
		try {
			row = readJson(line);
		} catch {
			// a broken line says nothing about the others
		}
		const format = typeof row === 'object' && row !== null ? formatOf(row as Row) : null;
		if (format) counts.set(format, (counts.get(format) ?? 0) + 1);
	}
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
};
