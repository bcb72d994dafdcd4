/** Words and signs with the white space before them, so that joining them gives the text back. */
export const pieces = (text: string): string[] => text.match(/\s*[\p{L}\p{N}'’]+|\s*[^\s\p{L}\p{N}]/gu) ?? [];

const stem = (word: string) =>
	word.length > 4
		? word.replace(/ies$|(ing|ed|es|s|ly)$/, (end) => (end === 'ies' ? 'y' : '')).replace(/(.)\1$/, '$1')
		: word;

/** The words of a text in small letters, without their endings: `delivered` and `delivers` are the same. */
export const stems = (text: string): string[] =>
	(text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’]\p{L}+)?/gu) ?? []).map(stem);

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** The sentences of a text with the white space behind them, so that joining them gives the text back. */
export const sentences = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment);
