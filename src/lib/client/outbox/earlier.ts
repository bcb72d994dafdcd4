import { browserStore } from '../browser-store.ts';
import type { Act } from './acts.ts';

const read = <T>(key: string): T | null => {
	try {
		return JSON.parse(browserStore.get(key)!);
	} catch {
		return null;
	}
};

/**
 * What still waits as pages before the one outbox kept it: a key for each rating, one list for the votes of an evaluation. It is
 * taken out of there.
 */
export const earlierActs = (person: string): Act[] => {
	type Rating = { exampleId: string; score: number | null; text?: string; clientId: string; order: number };
	const ratings = browserStore.keys(`rating:${person}:`).flatMap((key): Act[] => {
		const rating = read<Rating>(key);
		browserStore.remove(key);
		if (!rating) return [];
		const { exampleId: subject, score: value, text, clientId, order } = rating;
		const place = key.slice(`rating:${person}:`.length, -`:${clientId}`.length);
		return [{ kind: 'rating', place, subject, value, text, clientId, order }];
	});
	type Vote = { ballotId: string; choice: string | null; clientId: string };
	const votes = browserStore.keys(`votes:${person}:`).flatMap((key): Act[] => {
		const place = key.slice(`votes:${person}:`.length);
		const kept = read<Vote[]>(key) ?? [];
		browserStore.remove(key);
		return kept.map(({ ballotId: subject, choice: value, clientId }, order) => ({
			kind: 'vote',
			place,
			subject,
			value,
			clientId,
			order
		}));
	});
	return [...ratings, ...votes];
};
