import type { Message } from '../conversation.ts';
import { formatOf, formats } from './sniff.ts';

type Exported = {
	id: string;
	messages: readonly Message[];
	/** The mean of everybody's scores that count. */
	rating: number | null;
	rewrite: string | null;
	split: 'train' | 'validation' | null;
	/** The line it was imported from, whose own fields go out again. */
	source?: string | null;
};

const ours = new Set(['id', 'exampleId', 'messages', 'rating', 'meanRating', 'rewrite', 'split', 'originalOutput']);

/** The fields of the imported line that its format does not turn into an example; those that it does are in `messages` by now. */
export const othersIn = ({
	source,
	messages
}: Pick<Exported, 'source' | 'messages'>): { id?: unknown; others: Record<string, unknown> } => {
	try {
		const row = source == null ? null : JSON.parse(source);
		const format = typeof row === 'object' && row !== null ? formatOf(row) : null;
		if (!format) return { others: {} };
		const known = formats[format].fields;
		// a "system" beside messages was not always made a turn
		const lives = (key: string) => known.has(key) && (key !== 'system' || messages[0]?.role === 'system');
		// what stood with the question of a preference goes on beside the turns
		const beside = format === 'preference' && typeof row.input === 'object' ? { ...row.input, ...row } : row;
		const others = Object.entries(beside).filter(([key]) => !ours.has(key) && !lives(key));
		return { id: row.id, others: Object.fromEntries(others) };
	} catch {
		return { others: {} };
	}
};

/**
 * One example with everything it has, without its line break. Importing it gives the same messages, rating, rewrite, split and
 * id. `id` is what the imported line called itself, by which its owner finds it again, and ours is then `exampleId`. An import
 * takes whole ratings only, so the mean of several people is rounded and stands beside it as `meanRating`.
 */
export const fullLine = ({ id, messages, rating, rewrite, split, source }: Exported): string => {
	const own = othersIn({ source, messages });
	const isNamed = typeof own.id === 'string' || typeof own.id === 'number';
	return JSON.stringify({
		...(isNamed ? { id: own.id, exampleId: id } : { id }),
		messages,
		rating: rating === null ? null : Math.round(rating),
		...(rating !== null && !Number.isInteger(rating) && { meanRating: rating }),
		...(rewrite !== null && { rewrite }),
		...(split !== null && { split }),
		...own.others
	});
};
