import { detailsOf } from './details.ts';
import { familiesOf } from './senses.ts';
import { type Vocabulary, vocabularyOf } from './things.ts';
import { type Sentence, asks, isCommon, sentences, stems, terms } from './words.ts';

/** One trained answer, the question before it, and what was asked earlier in the same conversation. */
export type Pair = { prompt: string; before: string; answer: string };

export type Part = Sentence & { terms: Set<string>; role: 'opening' | 'body' | 'closing' };
export type Lesson = { pair: Pair; parts: Part[] };
export type Knowledge = Vocabulary & {
	lessons: Lesson[];
	/** The lessons nearest to a prompt, best first; likeness from 0 to 1. */
	nearest(prompt: string, before: string, most: number): { lesson: Lesson; likeness: number }[];
	/** How often answers begin or end in the manner of this sentence, from 0 to 1. */
	habit(part: Part): number;
};

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

type Weights = Map<string, number>;

/** How much a sign of likeness counts beside a rare word; found by asking for every shipped example with that one left out. */
const weightOf = { common: 0.3, asking: 0.8, family: 0.7, neighbours: 0.4, letters: 0.3, before: 0.3, answer: 0.8 };

/** By what a word is found again: itself, what it means, and three letters at a time, which survive typos and endings. */
const cuesOfStem = (stem: string): [cue: string, weight: number][] => {
	const families = familiesOf(stem).map((family): [string, number] => [family, weightOf.family]);
	if (isCommon(stem)) return [[stem, asks(stem) ? weightOf.asking : weightOf.common], ...families];
	const padded = `^${stem}$`;
	const count = stem.length < 4 ? 0 : padded.length - 2;
	const letters = Array.from({ length: count }, (_, at): [string, number] => [
		`~${padded.slice(at, at + 3)}`,
		weightOf.letters / Math.sqrt(count)
	]);
	return [[stem, 1], ...families, ...letters];
};

/** Collects the cues of texts. Names and numbers belong to one conversation only and are left out. */
const newCollector = () => {
	const known = new Map<string, ReturnType<typeof cuesOfStem>>();
	return (text: string, own: Set<string>, share = 1, cues: Weights = new Map()): Weights => {
		const add = (cue: string, weight: number) => cues.set(cue, (cues.get(cue) ?? 0) + share * weight);
		let last = '';
		for (const stem of stems(text)) {
			if (own.has(stem)) continue;
			const list = known.get(stem) ?? cuesOfStem(stem);
			known.set(stem, list);
			for (const [cue, weight] of list) add(cue, weight);
			if (isCommon(stem)) continue;
			if (last) add(`${last} ${stem}`, weightOf.neighbours);
			last = stem;
		}
		return cues;
	};
};

const ownStems = (prompt: string, before: string) => {
	const { names, codes } = detailsOf(`${before}\n${prompt}`);
	return new Set([...names, ...codes].flatMap(stems));
};

/**
 * What was learnt, made searchable. Likeness is a cosine of cues; rare ones weigh more, though by the root of the usual
 * measure only, or the thing that somebody bought would outweigh what they want to know about it. A question is compared
 * with the questions that were learnt, and less with their answers.
 */
export function knowledgeOf(pairs: readonly Pair[]): Knowledge {
	const lessons = pairs.map((pair) => ({ pair, parts: partsOf(pair.answer) }));
	const collect = newCollector();
	const ask = (prompt: string, before: string, own: Set<string>, collecting = collect) =>
		collecting(before, own, weightOf.before, collecting(prompt, own));
	const spread = new Map<string, number>();
	const cued = pairs.map(({ prompt, before, answer }) => {
		const own = ownStems(prompt, before);
		const both = [ask(prompt, before, own), collect(answer, own)] as const;
		for (const cue of new Set([...both[0].keys(), ...both[1].keys()])) spread.set(cue, (spread.get(cue) ?? 0) + 1);
		return both;
	});
	const weigh = (cues: Weights) => {
		const weights = [...cues].map(([cue, times]) => {
			const rarity = Math.sqrt(Math.log(0.1 + pairs.length / (spread.get(cue) ?? 1)));
			return [cue, (2 * times * rarity) / (1 + times)] as const;
		});
		const length = Math.hypot(...weights.map(([, weight]) => weight)) || 1;
		return weights.map(([cue, weight]) => [cue, weight / length] as const);
	};

	const shelves = new Map<string, [lesson: number, weight: number][]>();
	for (const [at, [question, answer]] of cued.entries()) {
		for (const [cues, share] of [
			[question, 1],
			[answer, weightOf.answer]
		] as const) {
			for (const [cue, weight] of weigh(cues)) {
				const shelf = shelves.get(cue) ?? [];
				if (shelf.push([at, weight * share]) === 1) shelves.set(cue, shelf);
			}
		}
	}

	const habits = count(lessons.flatMap(({ parts }) => parts.filter((part) => part.role !== 'body').map(manner)));
	return {
		lessons,
		...vocabularyOf(pairs),
		habit: (part) => (habits.get(manner(part)) ?? 0) / Math.max(1, lessons.length),
		nearest(prompt, before, most) {
			const likeness = new Map<number, number>();
			for (const [cue, weight] of weigh(ask(prompt, before, ownStems(prompt, before), newCollector()))) {
				for (const [at, other] of shelves.get(cue) ?? []) likeness.set(at, (likeness.get(at) ?? 0) + weight * other);
			}
			return [...likeness]
				.sort(([a, one], [b, two]) => two - one || a - b)
				.slice(0, most)
				.map(([at, value]) => ({ lesson: lessons[at]!, likeness: Math.min(1, value) }));
		}
	};
}
