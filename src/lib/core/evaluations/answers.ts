/** What a model thinks aloud before it answers, one block or several. */
const thinking = /^\s*<(think|thinking)>[\s\S]*?<\/\1>/i;
/** It was cut off before it came to an answer. */
const unended = /^\s*<(think|thinking)>[\s\S]*/i;
/** Some models are asked with the opening mark, and answer with the closing one alone, on a line of its own. */
const closing = /^[ \t]*<\/(think|thinking)>[ \t]*$/im;

const withoutUnopened = (text: string): string => {
	const end = closing.exec(text);
	if (!end || /<think/i.test(text.slice(0, end.index))) return text;
	return text.slice(end.index + end[0].length);
};

/** An answer without the thinking at its beginning: what a voter reads. Empty when there is nothing else. */
export const spoken = (text: string): string => {
	let rest = text;
	while (thinking.test(rest)) rest = rest.replace(thinking, '');
	rest = withoutUnopened(rest.replace(unended, ''));
	return rest === text ? text : rest.trimStart();
};

/** Why an answer is not complete: the provider broke off, it reached the longest length, or there is nothing in it to read. */
export type Flaw = 'cut' | 'limit' | 'empty';

/** What is wrong with an answer; null for a complete one. `finishReason` as the provider gave it, null when it broke off. */
export const flawOf = ({ text, finishReason }: { text: string; finishReason: string | null }): Flaw | null => {
	if (spoken(text).trim() === '') return 'empty';
	if (finishReason === null) return 'cut';
	return finishReason === 'length' ? 'limit' : null;
};
