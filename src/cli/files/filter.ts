import type { Example } from './examples.ts';

export type Filter = {
	rated?: boolean;
	unrated?: boolean;
	min?: number | undefined;
	max?: number | undefined;
	split?: 'train' | 'val' | 'none' | undefined;
	search?: string | undefined;
};

/** Whether an example is asked for. */
export const matches = (example: Example, { rated, unrated, min, max, split, search }: Filter): boolean => {
	const { rating } = example;
	if (rated && rating === null) return false;
	if (unrated && rating !== null) return false;
	if (min !== undefined && (rating === null || rating < min)) return false;
	if (max !== undefined && (rating === null || rating > max)) return false;
	if (split !== undefined && (example.split ?? 'none') !== split) return false;
	if (search === undefined) return true;
	const wanted = search.toLowerCase();
	return (
		(example.rewrite?.toLowerCase().includes(wanted) ?? false) ||
		example.messages.some(({ content }) => content.toLowerCase().includes(wanted))
	);
};
