import { type Details, detailsOf } from './details.ts';
import { stems } from './text.ts';

/** One trained answer, the question before it, and what was asked earlier in the same conversation; of a preference the worse one too. */
export type Pair = { prompt: string; before: string; answer: string; rejected?: string };

type Weights = Map<string, number>;

/** A pair, whose details are in it, and by what its question and its answer are found. */
export type Lesson = { pair: Pair; details: Details; asked: Weights; told: Weights };
export type Knowledge = {
	lessons: Lesson[];
	/** The lessons nearest to a prompt, best first; likeness from 0 to 1. */
	nearest(prompt: string, before: string, most: number): { lesson: Lesson; likeness: number }[];
	/** Whether answers say this word mostly after a question has said it: then it is that customer's, not everybody's. */
	isOwn(stem: string): boolean;
};

/** How much a sign of likeness counts beside a word; found by asking for every shipped example with a fifth left out. */
const weightOf = { neighbours: 0.4, letters: 0.3, before: 0.3, answer: 0.8 };

/** By what a text is found: its words, those beside each other, and three letters at a time, which survive typos. */
function addCues(cues: Weights, text: string, { names, codes }: Details, share = 1): Weights {
	const add = (cue: string, weight: number) => cues.set(cue, (cues.get(cue) ?? 0) + share * weight);
	const personal = new Set([...names, ...codes].flatMap(stems));
	let last = '';
	for (const stem of stems(text)) {
		if (personal.has(stem)) continue;
		add(stem, 1);
		if (last) add(`${last} ${stem}`, weightOf.neighbours);
		last = stem;
		const padded = `^${stem}$`;
		const count = stem.length < 4 ? 0 : padded.length - 2;
		for (let at = 0; at < count; at++) add(`~${padded.slice(at, at + 3)}`, weightOf.letters / Math.sqrt(count));
	}
	return cues;
}

const count = (counts: Weights, keys: Iterable<string>) => {
	for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** How alike two lists of cues are, 0 to 1, once they are weighed. */
export function likenessOf(one: Weights, other: Weights): number {
	let sum = 0;
	for (const [cue, weight] of one) sum += weight * (other.get(cue) ?? 0);
	return sum;
}

/**
 * What was learnt, made searchable. Likeness is a cosine of cues, of which rare ones weigh more: a question is compared
 * with the questions that were learnt and, less, with their answers. Names and numbers of one customer find nothing.
 */
export function knowledgeOf(pairs: readonly Pair[]): Knowledge {
	const [spread, said, echoed]: [Weights, Weights, Weights] = [new Map(), new Map(), new Map()];
	const askedOf = (prompt: string, before: string, details: Details) =>
		addCues(addCues(new Map(), prompt, details), before, details, weightOf.before);
	const counted = pairs.map((pair): Lesson => {
		const details = detailsOf(`${pair.before}\n${pair.prompt}`);
		const asked = askedOf(pair.prompt, pair.before, details);
		const told = addCues(new Map(), pair.answer, details);
		count(spread, new Set([...asked.keys(), ...told.keys()]));
		count(said, told.keys());
		count(
			echoed,
			[...told.keys()].filter((cue) => asked.has(cue))
		);
		return { pair, details, asked, told };
	});

	// By the root of the usual measure, or the thing somebody bought would outweigh what they want to know about it.
	const rarity = (cue: string) => Math.sqrt(Math.log(0.1 + pairs.length / (spread.get(cue) ?? 1)));
	const weigh = (cues: Weights): Weights => {
		const weights = [...cues].map(([cue, times]) => [cue, ((2 * times) / (1 + times)) * rarity(cue)] as const);
		const length = Math.hypot(...weights.map(([, weight]) => weight)) || 1;
		return new Map(weights.map(([cue, weight]) => [cue, weight / length]));
	};
	const lessons = counted.map((lesson) => ({ ...lesson, asked: weigh(lesson.asked), told: weigh(lesson.told) }));

	return {
		lessons,
		isOwn: (stem) => (echoed.get(stem) ?? 0) >= 0.5 * (said.get(stem) ?? Infinity),
		nearest(prompt, before, most) {
			const wanted = weigh(askedOf(prompt, before, detailsOf(`${before}\n${prompt}`)));
			const likenessTo = ({ asked, told }: Lesson) =>
				Math.min(1, likenessOf(wanted, asked) + weightOf.answer * likenessOf(wanted, told));
			return lessons
				.map((lesson) => ({ lesson, likeness: likenessTo(lesson) }))
				.filter(({ likeness }) => likeness > 0)
				.sort((one, other) => other.likeness - one.likeness)
				.slice(0, most);
		}
	};
}
