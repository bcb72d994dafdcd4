import type { Message } from '../conversation.ts';

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

const ours = new Set(['id', 'messages', 'rating', 'meanRating', 'rewrite', 'split', 'originalOutput']);

/** What a chat line said besides our fields. Other formats say the messages again in their own words, so nothing is taken from them. */
const othersIn = (source: string | null | undefined): object => {
	if (source == null) return {};
	try {
		const row = JSON.parse(source);
		return Array.isArray(row.messages) ? Object.fromEntries(Object.entries(row).filter(([key]) => !ours.has(key))) : {};
	} catch {
		return {};
	}
};

/**
 * One example with everything it has, without its line break. Importing it gives the same messages, rating, rewrite, split and
 * id. An import takes whole ratings only, so the mean of several people is rounded and stands beside it as `meanRating`.
 */
export const fullLine = ({ id, messages, rating, rewrite, split, source }: Exported): string =>
	JSON.stringify({
		id,
		messages,
		rating: rating === null ? null : Math.round(rating),
		...(rating !== null && !Number.isInteger(rating) && { meanRating: rating }),
		...(rewrite !== null && { rewrite }),
		...(split !== null && { split }),
		...othersIn(source)
	});
