import { type LanguageModel, newLanguageModel } from './language-model.ts';
import { detailsOf } from './details.ts';
import { familiesOf } from './senses.ts';
import { type Vocabulary, vocabularyOf } from './things.ts';
import { type Sentence, isCommon, sentences, stems, terms } from './words.ts';

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

type Weights = Map<string, number>;

/** How much a sign of likeness counts beside a rare word. Chosen by leaving each example out of different data sets. */
const weightOf = { common: 0.6, family: 0.7, neighbours: 0.4, letters: 0.3, before: 0.5, answer: 0.8 };

/**
 * By what a text is found again: its words, what they mean, words side by side, and three letters at a time, which
 * survive typos and endings. Names and numbers belong to one conversation only.
 */
function cuesOf(text: string, share = 1, cues: Weights = new Map()): Weights {
	const add = (cue: string, weight: number) => cues.set(cue, (cues.get(cue) ?? 0) + share * weight);
	const { names, codes } = detailsOf(text);
	const own = new Set([...names, ...codes].flatMap(stems));
	let last = '';
	for (const stem of stems(text)) {
		if (own.has(stem)) continue;
		for (const family of familiesOf(stem)) add(family, weightOf.family);
		if (isCommon(stem)) {
			add(stem, weightOf.common);
			continue;
		}
		add(stem, 1);
		if (last) add(`${last} ${stem}`, weightOf.neighbours);
		last = stem;
		const padded = `^${stem}$`;
		const count = padded.length - 2;
		for (let at = 0; at < count && stem.length >= 4; at++) {
			add(`~${padded.slice(at, at + 3)}`, weightOf.letters / Math.sqrt(count));
		}
	}
	return cues;
}

/**
 * What was learnt, made searchable. Likeness is a cosine of cues; rare ones weigh more, though by the root of the usual
 * measure only, or the thing that somebody bought would outweigh what they want to know about it. A question is compared
 * with the questions that were learnt, and less with their answers.
 */
export function knowledgeOf(pairs: readonly Pair[]): Knowledge {
	const lessons = pairs.map((pair) => ({ pair, parts: partsOf(pair.answer) }));
	const asked = (prompt: string, before: string) => cuesOf(before, weightOf.before, cuesOf(prompt));
	const cued = pairs.map((pair) => [asked(pair.prompt, pair.before), cuesOf(pair.answer)] as const);
	const spread = count(cued.flatMap(([question, answer]) => [...new Set([...question.keys(), ...answer.keys()])]));
	const weigh = (cues: Weights) => {
		const weights = [...cues].map(([cue, times]) => {
			const rarity = Math.sqrt(Math.log(1 + pairs.length / (spread.get(cue) ?? 1)));
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
		...vocabularyOf(pairs),
		habit: (part) => (habits.get(manner(part)) ?? 0) / Math.max(1, lessons.length),
		nearest(prompt, before, most) {
			const likeness = new Map<number, number>();
			for (const [cue, weight] of weigh(asked(prompt, before))) {
				for (const [at, other] of shelves.get(cue) ?? []) likeness.set(at, (likeness.get(at) ?? 0) + weight * other);
			}
			return [...likeness]
				.sort(([a, one], [b, two]) => two - one || a - b)
				.slice(0, most)
				.map(([at, value]) => ({ lesson: lessons[at]!, likeness: Math.min(1, value) }));
		}
	};
}
