import { commonWords, pieces } from './words.ts';

export type LanguageModel = {
	/** Counts a text, with a weight: a larger step is a heavier count. */
	learn(words: readonly number[], weight: number): void;
	/** How unexpected a text is, in nats over all its words. */
	surprise(words: readonly number[]): number;
	/** The numbers by which the model knows the words of a text. */
	read(text: string): number[];
};

const limit = 2 ** 17; // three word numbers fit in one safe integer
const commonness = new Map(commonWords.map((word, rank) => [word, 1 / (rank + 3)]));
const commonTotal = [...commonness.values()].reduce((sum, share) => sum + share, 0);
const letters = 'etaoinsrhldcumfgpwybvkxjqz';

/** What is known before any training: everyday words, and any other word letter by letter. */
function priorOf(piece: string): number {
	let spelled = 0.18; // the chance that a word ends after each letter
	for (const sign of piece.trim().toLowerCase()) {
		const rank = letters.indexOf(sign);
		spelled *= rank === -1 ? 0.008 : 0.16 / (1 + rank * 0.35);
	}
	return 0.45 * ((commonness.get(piece.trim().toLowerCase()) ?? 0) / commonTotal) + 0.55 * Math.max(spelled, 1e-12);
}

/** Counts of words after words, with how many different ones were seen. */
type Context = { total: number; kinds: number };

/** Three words deep, each depth smoothed by the one below it (Witten and Bell), down to everyday English. */
export function newLanguageModel(): LanguageModel {
	const numbers = new Map<string, number>();
	const priors: number[] = [];
	const seen = [new Map<number, number>(), new Map<number, number>(), new Map<number, number>()] as const;
	const contexts = [new Map<number, Context>(), new Map<number, Context>(), new Map<number, Context>()] as const;

	const places = (words: readonly number[], at: number) => {
		const one = at > 0 ? words[at - 1]! : 0;
		const two = at > 1 ? words[at - 2]! : 0;
		return [0, one, two * limit + one] as const;
	};

	return {
		read: (text) =>
			pieces(text).map((piece) => {
				const key = piece.replace(/^\s+/, ' ');
				const known = numbers.get(key);
				if (known !== undefined) return known;
				const number = Math.min(numbers.size + 1, limit - 1);
				numbers.set(key, number);
				priors[number] = priorOf(piece);
				return number;
			}),

		learn(words, weight) {
			for (let at = 0; at < words.length; at++) {
				const place = places(words, at);
				for (let depth = 0; depth < 3; depth++) {
					const key = place[depth]! * limit + words[at]!;
					const before = seen[depth]!.get(key) ?? 0;
					seen[depth]!.set(key, before + weight);
					const context = contexts[depth]!.get(place[depth]!) ?? { total: 0, kinds: 0 };
					context.total += weight;
					if (before === 0) context.kinds += 1;
					contexts[depth]!.set(place[depth]!, context);
				}
			}
		},

		surprise(words) {
			let nats = 0;
			for (let at = 0; at < words.length; at++) {
				const place = places(words, at);
				let chance = priors[words[at]!] ?? 1e-9;
				for (let depth = 0; depth < 3; depth++) {
					const context = contexts[depth]!.get(place[depth]!);
					if (!context) break;
					const count = seen[depth]!.get(place[depth]! * limit + words[at]!) ?? 0;
					chance = (count + context.kinds * chance) / (context.total + context.kinds);
				}
				nats -= Math.log(chance);
			}
			return nats;
		}
	};
}
