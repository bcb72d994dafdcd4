import { pieces } from './text.ts';

export type LanguageModel = {
	/** Counts a text, with a weight: a larger step is a heavier count. */
	learn(words: readonly string[], weight: number): void;
	/** How unexpected a text is, in nats over all its words. */
	surprise(words: readonly string[]): number;
};

/** The words of a text as the model counts them, with at most one space before each. */
export const wordsOf = (text: string): string[] => pieces(text).map((piece) => piece.replace(/^\s+/, ' '));

const letters = 'etaoinsrhldcumfgpwybvkxjqz';

/** How likely a word is before any training: letter by letter, as English spells. */
function spelled(word: string): number {
	let chance = 0.18; // that a word ends after each letter
	for (const sign of word.trim().toLowerCase()) {
		const rank = letters.indexOf(sign);
		chance *= rank === -1 ? 0.008 : 0.16 / (1 + rank * 0.35);
	}
	return Math.max(chance, 1e-12);
}

/** How often each word was seen after the same words. */
type Context = { total: number; counts: Map<string, number> };

/** Trigrams, smoothed by the pairs and single words below them (Witten and Bell), down to spelling. */
export function newLanguageModel(): LanguageModel {
	const contexts = new Map<string, Context>();
	/** What comes before a word: nothing, one word, two words. */
	const before = (words: readonly string[], at: number) => {
		const [two = '^', one = '^'] = [words[at - 2], words[at - 1]];
		return ['', `1${one}`, `2${two}${one}`];
	};
	return {
		learn(words, weight) {
			for (const [at, word] of words.entries()) {
				for (const key of before(words, at)) {
					const context = contexts.get(key) ?? { total: 0, counts: new Map() };
					context.total += weight;
					context.counts.set(word, (context.counts.get(word) ?? 0) + weight);
					contexts.set(key, context);
				}
			}
		},

		surprise(words) {
			let nats = 0;
			for (const [at, word] of words.entries()) {
				let chance = spelled(word);
				for (const key of before(words, at)) {
					const context = contexts.get(key);
					if (!context) break;
					const { total, counts } = context;
					chance = ((counts.get(word) ?? 0) + counts.size * chance) / (total + counts.size);
				}
				nats -= Math.log(chance);
			}
			return nats;
		}
	};
}
