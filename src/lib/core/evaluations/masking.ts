import { namesAModel } from './ballots.ts';

/** Stands where an answer named a model: as long whoever was named. */
export const hiddenName = '[name hidden]';

const sign = /[.*+?^${}()|[\]\\]/g;

/** An answer as a blind voter may read it: every name by which a model could be told is hidden (statistics.md §5). */
export const masked = (text: string, names: readonly string[]): string => {
	let shown = text;
	for (let word = namesAModel(shown, names); word !== null; word = namesAModel(shown, names)) {
		const bare = word.replace(sign, '\\$&');
		const before = shown;
		shown = shown.replace(new RegExp(`(?<![\\p{L}\\p{N}])${bare}(?!\\p{L})`, 'giu'), hiddenName);
		// Where case folding sees it otherwise than the search did, letters around it do not matter; nothing may stay.
		if (shown === before) shown = shown.replace(new RegExp(bare, 'giu'), hiddenName);
		if (shown === before) return hiddenName;
	}
	return shown;
};
