import { type LanguageModel, newLanguageModel } from './language-model.ts';
import { detailsOf } from './details.ts';
import { type Sentence, isCommon, sentences, stems, terms } from './words.ts';

/** One trained answer, the question before it, and what was asked earlier in the same conversation. */
export type Pair = { prompt: string; before: string; answer: string };

export type Part = Sentence & { terms: Set<string>; role: 'opening' | 'body' | 'closing' };
export type Lesson = { pair: Pair; parts: Part[] };
export type Knowledge = {
	lessons: Lesson[];
	/** The lessons nearest to a prompt, best first; likeness from 0 to 1. */
	nearest(prompt: string, before: string, most: number): { lesson: Lesson; likeness: number }[];
	/** How often answers begin or end in the manner of this sentence, from 0 to 1. */
	habit(part: Part): number;
	language: LanguageModel;
};

const mostFluencyWords = 40_000;
const openingOf = (text: string) =>
	text
		.toLowerCase()
		.match(/[\p{L}'’]+/gu)
		?.slice(0, 3)
		.join(' ') ?? '';
const manner = (part: Part) =>
	part.role === 'opening'
		? `opening ${openingOf(part.text)}`
		: `closing ${part.text.toLowerCase().replace(/[^\p{L}]+/gu, ' ')}`;

const partsOf = (answer: string): Part[] => {
	const list = sentences(answer);
	return list.map((sentence, at) => ({
		...sentence,
		terms: new Set(terms(sentence.text)),
		role: list.length > 1 && at === 0 ? 'opening' : list.length > 2 && at === list.length - 1 ? 'closing' : 'body'
	}));
};

const count = (list: readonly string[]) => {
	const counts = new Map<string, number>();
	for (const each of list) counts.set(each, (counts.get(each) ?? 0) + 1);
	return counts;
};

/** The beginnings of long words help where endings differ: `deliver`, `delivery`. */
const begun = (cue: string) => (cue.length >= 5 ? [cue, `${cue.slice(0, 4)}~`] : [cue]);

/** The words by which a text is found again; names and numbers belong to one conversation only. */
function cuesOf(...texts: string[]): string[] {
	const { names, codes } = detailsOf(texts[0] ?? '');
	const own = new Set([...names, ...codes].flatMap(stems));
	return texts
		.flatMap(stems)
		.filter((cue) => !own.has(cue))
		.flatMap(begun);
}

/** What was learnt, made searchable: rare words weigh more than frequent ones (tf-idf), likeness is a cosine. */
export function knowledgeOf(pairs: readonly Pair[]): Knowledge {
	const lessons = pairs.map((pair) => ({ pair, parts: partsOf(pair.answer) }));
	const counted = pairs.map((pair) => count(cuesOf(pair.prompt, pair.before, pair.answer)));
	const spread = count(counted.flatMap((counts) => [...counts.keys()]));
	const rarity = (term: string) => Math.log(1 + pairs.length / (spread.get(term) ?? 1)) * (isCommon(term) ? 0.15 : 1);
	const weigh = (counts: Map<string, number>) => {
		const weights = new Map([...counts].map(([term, times]) => [term, Math.log(1 + times) * rarity(term)]));
		const length = Math.hypot(...weights.values()) || 1;
		return [...weights].map(([term, weight]) => [term, weight / length] as const);
	};

	const shelves = new Map<string, [lesson: number, weight: number][]>();
	for (const [at, counts] of counted.entries()) {
		for (const [term, weight] of weigh(counts)) {
			const shelf = shelves.get(term) ?? [];
			if (shelf.push([at, weight]) === 1) shelves.set(term, shelf);
		}
	}

	const habits = count(lessons.flatMap(({ parts }) => parts.filter((part) => part.role !== 'body').map(manner)));
	const language = newLanguageModel();
	let budget = mostFluencyWords;
	for (const { answer } of pairs) {
		const words = language.read(answer.slice(0, 8_000));
		if ((budget -= words.length) < 0) break;
		language.learn(words, 1);
	}

	return {
		lessons,
		language,
		habit: (part) => (habits.get(manner(part)) ?? 0) / Math.max(1, lessons.length),
		nearest(prompt, before, most) {
			const likeness = new Map<number, number>();
			for (const [term, weight] of weigh(count(cuesOf(prompt, before)))) {
				for (const [at, other] of shelves.get(term) ?? []) likeness.set(at, (likeness.get(at) ?? 0) + weight * other);
			}
			return [...likeness]
				.sort(([a, one], [b, two]) => two - one || a - b)
				.slice(0, most)
				.map(([at, value]) => ({ lesson: lessons[at]!, likeness: Math.min(1, value) }));
		}
	};
}
