/** Words by which models introduce themselves. */
const knownNames = [
	'chatgpt',
	'openai',
	'gpt-4',
	'gpt-5',
	'claude',
	'anthropic',
	'gemini',
	'mistral',
	'deepseek',
	'qwen',
	'llama',
	'gemma'
];
/** Parts of model ids that are ordinary words. */
const ordinary = [
	'base',
	'chat',
	'code',
	'fast',
	'instruct',
	'large',
	'mini',
	'model',
	'nano',
	'sandbox',
	'slow',
	'small',
	'turbo'
];

/** Our mark of a run, `customer-support-358ebb5a615ae6b7`: it begins with words of the project, which answers may well say. */
const isMark = (name: string) => /-[0-9a-f]{16}$/.test(name);

const wordsOf = (name: string) => {
	const last = name.toLowerCase().split(/[/:]/).filter(Boolean).at(-1) ?? '';
	const family = isMark(last) ? undefined : /^[a-z]{4,}/.exec(last)?.[0];
	return [name.toLowerCase(), last, ...(family ? [family] : [])].filter(
		(word) => word.length >= 4 && !ordinary.includes(word)
	);
};

/** The words, in lower case, by which a model is known: those of the contenders (`names`: their ids), then everybody's. */
export const namingWords = (names: readonly string[]): string[] => [
	...new Set([...names.flatMap(wordsOf), ...knownNames])
];

/**
 * The first word by which an answer gives a model away (`names`: ids of the contenders), or `null`. Such a pair is
 * not blind and is flagged. Whole words only, in any case.
 */
export const namesAModel = (text: string, names: readonly string[]): string | null => {
	const lower = text.toLowerCase();
	const isWord = (word: string) => {
		for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
			const before = lower[at - 1] ?? ' ';
			const after = lower[at + word.length] ?? ' ';
			// 'Llama3' and 'Qwen2.5' name a model too: a digit may follow.
			if (!/[\p{L}\p{N}]/u.test(before) && !/\p{L}/u.test(after)) return true;
		}
		return false;
	};
	return namingWords(names).find(isWord) ?? null;
};

/** Stands where an answer named a model: as long whoever was named. */
export const hiddenName = '[name hidden]';

const sign = /[.*+?^${}()|[\]\\]/g;

/** An answer as a blind voter may read it: every name by which a model could be told is hidden. */
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
