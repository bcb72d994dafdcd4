import { diffWordsWithSpace } from 'diff';

export type DiffPart = { kind: 'same' | 'removed' | 'added'; text: string };

/**
 * What changed between two texts, word by word, for reading: neighbouring changes are one removal and one addition
 * instead of alternating words. Two long texts with nothing in common would take seconds; after 80 ms both are whole.
 */
export const wordDiff = (before: string, after: string): DiffPart[] => {
	const changes = diffWordsWithSpace(before, after, { timeout: 80 });
	const parts: DiffPart[] = [];
	let removed = '';
	let added = '';
	const flush = () => {
		if (removed) parts.push({ kind: 'removed', text: removed });
		if (added) parts.push({ kind: 'added', text: added });
		removed = added = '';
	};
	if (!changes) {
		[removed, added] = [before, after];
		flush();
		return parts;
	}
	changes.forEach((change, at) => {
		const next = changes[at + 1];
		if (change.removed) removed += change.value;
		else if (change.added) added += change.value;
		else if ((removed || added) && next && !/\S/.test(change.value)) {
			removed += change.value;
			added += change.value;
		} else {
			flush();
			parts.push({ kind: 'same', text: change.value });
		}
	});
	flush();
	return parts;
};

/** Words on one side of a change. */
export const countWords = (parts: readonly DiffPart[], kind: DiffPart['kind']) =>
	parts.filter((part) => part.kind === kind).reduce((sum, part) => sum + (part.text.match(/\S+/g)?.length ?? 0), 0);
