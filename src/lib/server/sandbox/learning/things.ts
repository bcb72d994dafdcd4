import { detailsOf } from './details.ts';
import type { Pair } from './knowledge.ts';
import { phrasesOf } from './phrases.ts';
import { isCommon } from './words.ts';

export type Vocabulary = {
	/** The words for what customers bring along (`kettle`): answers say them when the question has said them. */
	things: Set<string>;
	/** Every word of the answers, in small letters. */
	said: Set<string>;
	/** What the long numbers are numbers of: `order`. */
	called: string | undefined;
};

const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{3,}/gu) ?? []);
const most = (counts: Map<string, number>) =>
	[...counts].filter(([, times]) => times > 1).sort(([, one], [, two]) => two - one)[0]?.[0];

/** Which words are a customer's own, and which are the house's, said whatever was asked. */
export function vocabularyOf(pairs: readonly Pair[]): Vocabulary {
	const said = new Map<string, number>();
	const echoed = new Map<string, number>();
	const callings = new Map<string, number>();
	const heads = new Set<string>();
	const add = (counts: Map<string, number>, word: string) => counts.set(word, (counts.get(word) ?? 0) + 1);
	for (const { prompt, before, answer } of pairs) {
		for (const { head } of phrasesOf(prompt)) heads.add(head);
		const asked = wordsOf(`${before}\n${prompt}`);
		for (const word of wordsOf(answer)) {
			add(said, word);
			if (asked.has(word)) add(echoed, word);
		}
		for (const code of detailsOf(prompt).codes) {
			const word = /(\p{L}{3,})\s+$/u.exec(prompt.slice(0, prompt.indexOf(code)))?.[1]?.toLowerCase();
			if (word && !isCommon(word)) add(callings, word);
		}
	}
	const things = [...heads].filter((head) => (echoed.get(head) ?? 0) >= 0.75 * (said.get(head) ?? Infinity));
	return { things: new Set(things), said: new Set(said.keys()), called: most(callings) };
}

const place = (word: string, after = '') => new RegExp(`${after}(?<![\\p{L}’'-])${word}(?![\\p{L}’'-])`, 'giu');
const isMany = (word: string) => /[^s]s$/.test(word);
const formsOf = (word: string) => (isMany(word) ? [word, word.replace(/(?<=ss|x|ch|sh)es$|s$/, '')] : [word]);
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
