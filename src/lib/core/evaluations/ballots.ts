import * as v from 'valibot';
import { hash, randomFrom, shuffled } from '../math/hash.ts';
import { Id } from '../id.ts';
import { between, whole } from '../runs/recipe.ts';
import type { Outcome } from './tally.ts';

/** What a person decides before an evaluation begins. A is `runId`; the number of pairs is fixed from then on. */
export const NewEvaluation = v.pipe(
	v.object({
		name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80, 'A name has at most 80 characters'))),
		runId: Id('The run to evaluate'),
		against: v.union([v.literal('base'), Id('The run to compare with')], 'Choose what to compare with'),
		pairs: whole('The number of comparisons', 1, 2000),
		temperature: v.optional(between('Temperature', 0, 2), 0),
		maxTokens: v.optional(whole('Longest answer, in tokens,', 16, 4096), 512)
	}),
	v.forward(
		v.check((input) => input.runId !== input.against, 'Choose another model: this one would be compared with itself'),
		['against']
	)
);
export type NewEvaluation = v.InferOutput<typeof NewEvaluation>;

/** What the voter sees and says: the first and the second answer, never the models. */
export const choices = ['first', 'tie', 'second', 'both_bad'] as const;
export type Choice = (typeof choices)[number];

export const NewVote = v.object({
	ballotId: Id('The comparison'),
	/** null takes the earlier vote back. */
	choice: v.nullable(v.picklist(choices, 'Choose the first answer, a tie, the second answer, or both bad')),
	/** Made by the client, so that a vote sent twice counts once. */
	clientId: Id('The id of this vote'),
	note: v.optional(
		v.pipe(
			v.string(),
			v.transform((text) => text.replaceAll('\u0000', '').trim()),
			v.maxLength(2000, 'A note has at most 2,000 characters')
		)
	)
});
export type NewVote = v.InferOutput<typeof NewVote>;

/** From what was seen to who was meant. `swapped`: B was shown first. */
export const resolve = (choice: Choice, swapped: boolean): Outcome => {
	if (choice === 'tie' || choice === 'both_bad') return choice;
	return (choice === 'first') === swapped ? 'b' : 'a';
};

/**
 * For each of `count` ballots of one rater, whether B is shown first: permuted blocks of 4 with exactly two swapped in
 * each. A rest of two has one of each, so that the last 6 are balanced as well; an odd one is left to the seed.
 */
export const balancedSides = ({ seed, count }: { seed: string | number; count: number }): boolean[] => {
	const random = randomFrom(hash('sides', seed));
	const blocks: boolean[][] = [];
	for (let left = count; left > 0; left -= 4) {
		const size = Math.min(4, left);
		const swapped = size % 2 === 0 ? size / 2 : Math.floor(size / 2 + random());
		blocks.push(
			shuffled(
				Array.from({ length: size }, (_, i) => i < swapped),
				random
			)
		);
	}
	return blocks.flat();
};

/** The same ids in the order of this seed, however they came. */
export const orderOf = (ids: readonly string[], seed: string | number): string[] =>
	ids
		.map((id) => ({ id, place: hash(id, `order:${seed}`) }))
		.sort((one, two) => one.place - two.place || (one.id < two.id ? -1 : 1))
		.map(({ id }) => id);

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

const wordsOf = (name: string) => {
	const last = name.toLowerCase().split(/[/:]/).filter(Boolean).at(-1) ?? '';
	const family = /^[a-z]{4,}/.exec(last)?.[0];
	return [name.toLowerCase(), last, ...(family ? [family] : [])].filter(
		(word) => word.length >= 4 && !ordinary.includes(word)
	);
};

/**
 * The first word by which an answer gives a model away (`names`: ids of the contenders), or `null`. Such a pair is
 * not blind and is flagged (statistics.md §5). Whole words only, in any case.
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
	return [...names.flatMap(wordsOf), ...knownNames].find(isWord) ?? null;
};
