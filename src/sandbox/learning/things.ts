import { detailsOf } from './details.ts';
import type { Pair } from './knowledge.ts';
import { phrasesOf } from './phrases.ts';
import { meaningsOf } from './senses.ts';
import { isCommon } from './words.ts';

export type Vocabulary = {
	/** The words for what customers bring along (`kettle`): answers say them when the question has said them. */
	things: Set<string>;
	/** Every word of the answers, in small letters. */
	said: Set<string>;
	/** Whether answers mean this (a term or a family) only where the question did, most of the time. */
	isOwn(meaning: string): boolean;
	/** What the long numbers are numbers of: `order`. */
	called: string | undefined;
};

const wordsOf = (text: string) => text.toLowerCase().match(/\p{L}{3,}/gu) ?? [];
const add = (counts: Map<string, number>, word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);

/** How many answers say a word, and how many of them because the question has said it. */
function echoesOf(pairs: readonly Pair[], split: (text: string) => string[]) {
	const said = new Map<string, number>();
	const echoed = new Map<string, number>();
	for (const { prompt, before, answer } of pairs) {
		const asked = new Set(split(`${before}\n${prompt}`));
		for (const word of new Set(split(answer))) {
			add(said, word);
			if (asked.has(word)) add(echoed, word);
		}
	}
	const shareOf = (word: string) => (echoed.get(word) ?? 0) / (said.get(word) ?? Infinity);
	return { said: new Set(said.keys()), shareOf };
}

/** Which words are a customer's own, and which are the house's, said whatever was asked. */
export function vocabularyOf(pairs: readonly Pair[]): Vocabulary {
	const callings = new Map<string, number>();
	for (const { prompt } of pairs) {
		for (const code of detailsOf(prompt).codes) {
			const word = /(\p{L}{3,})\s+$/u.exec(prompt.slice(0, prompt.indexOf(code)))?.[1]?.toLowerCase();
			if (word && !isCommon(word)) add(callings, word);
		}
	}
	const [called] = [...callings].filter(([, times]) => times > 1).sort(([, one], [, two]) => two - one);
	const words = echoesOf(pairs, wordsOf);
	const meanings = echoesOf(pairs, meaningsOf);
	const heads = pairs.flatMap(({ prompt }) => phrasesOf(prompt).map(({ head }) => head));
	return {
		things: new Set(heads.filter((head) => words.shareOf(head) >= 0.75)),
		said: words.said,
		isOwn: (meaning) => meanings.shareOf(meaning) >= 0.5,
		called: called?.[0]
	};
}

const place = (word: string, after = '') => new RegExp(`${after}(?<![\\p{L}’'-])${word}(?![\\p{L}’'-])`, 'giu');
const isMany = (word: string) => /[^s]s$/.test(word);
/** A word and, of more than one, the word for one; `knives` and `berries` are left alone. */
const formsOf = (word: string) =>
	isMany(word) && !/(?:ve|ie)s$/.test(word) ? [word, word.replace(/(?<=ss|x|ch|sh)es$|s$/, '')] : [word];
const behindArticle =
	'(?<=\\b(?:the|your|a|an|this|that|new|old|one|other|broken|cracked|repaired|original|red|blue|green|black|white) )';

/**
 * How an answer is told about the things of another conversation: where it speaks of one thing of its own customer, that
 * is exchanged for the one asked about, a kettle for a toaster. Answers about several things stay as they are.
 */
export function exchangeOf(
	{ things, said }: Vocabulary,
	answer: string,
	there: readonly string[],
	here: readonly string[]
): (text: string) => string {
	const unchanged = (text: string) => text;
	const theirs = there.filter((head) => things.has(head) && !here.includes(head));
	const [foreign, ...more] = new Set(theirs.flatMap(formsOf).filter((word) => place(word).test(answer)));
	if (!foreign || more.length) return unchanged;
	// a word that no answer knows is surely the customer's own, but only the first is surely what it is about
	const ours = here
		.filter((head, at) => (things.has(head) || (at === 0 && !said.has(head))) && !there.includes(head))
		.flatMap(formsOf)
		.find((word) => isMany(word) === isMany(foreign));
	// inside a longer name, as in `bread knife`, it can not be exchanged alone
	if (!ours || answer.match(place(foreign))!.length !== answer.match(place(foreign, behindArticle))?.length) {
		return unchanged;
	}
	const article = /^[aeiou]/.test(ours) ? 'an' : 'a';
	return (text) => text.replace(place(foreign), ours).replace(new RegExp(`\\ban? (?=${ours}\\b)`, 'g'), `${article} `);
}
