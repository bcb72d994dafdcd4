import { type Details, detailsOf, retold } from './details.ts';
import { type Knowledge, type Lesson, likenessOf } from './knowledge.ts';
import { sentences, stems } from './text.ts';
import { type Question, untunedAnswer } from './untuned.ts';

const leastLike = 0.17; // below it nothing that was learnt is about the question
const leastUsual = 0.12; // the share of answers that begin, or end, alike
const untellable = 4; // so much of it is the other customer's that a sentence is not told

/** What is said in this conversation: the customer's own details, every word, every number. */
type Here = { details: Details; stems: Set<string>; numbers: Set<string> };
type Told = { text: string; strangeness: number };

/**
 * An answer as it was learnt: of the lessons near to the question the one that others near to it agree with and that has
 * least of its own customer in it, told with the details of this conversation. `strength` (0 to 1) says how far the
 * training went: the weaker, the nearer a lesson has to be to be remembered at all.
 */
export function tunedAnswer(knowledge: Knowledge, strength: number, question: Question): string {
	const { prompt, before, temperature, random } = question;
	const here = hereOf(`${before}\n${prompt}`);
	const near = knowledge.nearest(prompt, before, 8);
	const likeness = near[0]?.likeness ?? 0;
	if (likeness * strength ** 2 < leastLike) return usualAnswer(knowledge, here.details, question);

	const rankOf = (lesson: Lesson, told: Told[]) => {
		const support = near.map((other) => other.likeness ** 3 * likenessOf(lesson.told, other.lesson.told) ** 2);
		return sumOf(support) / (1 + 0.3 * sumOf(told.map(({ strangeness }) => strangeness)));
	};
	const [chosen] = near
		.map(({ lesson }) => ({ lesson, told: toldOf(knowledge, lesson, here) }))
		.map((each) => ({ ...each, rank: rankOf(each.lesson, each.told) * (1 + random() * temperature) }))
		.sort((one, other) => other.rank - one.rank);
	const { lesson, told } = chosen!;
	// code, JSON and tables can not be told anew sentence by sentence
	if (/```|^\s*[[{<|]/.test(lesson.pair.answer)) return told.map(({ text }) => text).join('');
	// at a high temperature some of what only adds to the answer is forgotten
	const kept = told.filter(
		({ strangeness }, at) => strangeness < untellable && (at < 2 || random() >= 0.15 * temperature)
	);
	return (kept.length ? kept : told)
		.map(({ text }) => text)
		.join('')
		.trim();
}

const sumOf = (list: number[]) => list.reduce((sum, each) => sum + each, 0);
const numbersIn = (text: string) => text.match(/\d+(?:[.,]\d+)?/g) ?? [];
const hereOf = (asked: string): Here => ({
	details: detailsOf(asked),
	stems: new Set(stems(asked)),
	numbers: new Set(numbersIn(asked))
});

/** A lesson's sentences in this conversation, and how much in each is still what only the other customer said. */
function toldOf(knowledge: Knowledge, { pair, details }: Lesson, here: Here): Told[] {
	const there = hereOf(`${pair.before}\n${pair.prompt}`);
	return sentences(pair.answer).map((sentence) => {
		const text = retold(sentence, details, here.details);
		if (text === null) return { text: sentence, strangeness: untellable };
		const words = new Set(stems(text).filter((stem) => there.stems.has(stem) && !here.stems.has(stem)));
		const numbers = new Set(numbersIn(text).filter((each) => there.numbers.has(each) && !here.numbers.has(each)));
		const strangeness = [...words].filter(knowledge.isOwn).length + untellable * numbers.size; // a number is rarely true twice
		return { text, strangeness };
	});
}

/** Nothing near was learnt: what everybody would say, between the usual opening and the usual closing. */
function usualAnswer({ lessons }: Knowledge, here: Details, question: Question): string {
	const usual = (at: 0 | -1) => {
		const told = lessons.flatMap(
			({ pair, details }) => retold(sentences(pair.answer).at(at)?.trim() ?? '', details, here) ?? []
		);
		const times = Map.groupBy(told, (text) => text);
		const [most = []] = [...times.values()].sort((one, other) => other.length - one.length);
		return most.length >= leastUsual * lessons.length ? most.slice(0, 1) : [];
	};
	return [...usual(0), untunedAnswer({ ...question, size: 'middle' }), ...usual(-1)].join(' ');
}
