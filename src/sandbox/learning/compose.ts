import { blandAnswer } from './bland.ts';
import { type Details, detailsOf, retold } from './details.ts';
import type { Knowledge, Lesson, Part } from './knowledge.ts';
import { phrasesOf } from './phrases.ts';
import { familiesOf, meaningsOf } from './senses.ts';
import { exchangeOf } from './things.ts';
import { terms } from './words.ts';

export type Question = { prompt: string; before: string; system: string; temperature: number; random: () => number };

const likenessOf = (one: Set<string>, other: Set<string>): number => {
	if (one.size === 0 || other.size === 0) return 0;
	const shared = [...one].filter((term) => other.has(term)).length;
	return shared / (one.size + other.size - shared);
};

/** Prose can be taken apart and put together again; code, JSON and tables can not. */
const isProse = (answer: string) => !/```|^\s*[[{<|]/.test(answer);

/** What a conversation is about: what it means, its numbers, whose they are, and the things it names. */
type Matter = { details: Details; meanings: Set<string>; numbers: Set<string>; heads: string[] };
/** A lesson near to the question, its sentences told in this conversation; `null` where that can not be done. */
type Source = { lesson: Lesson; likeness: number; told: Told[] };
type Told = Omit<Part, 'text'> & { text: string | null; strangeness: number };

const numbersIn = (text: string) => text.match(/\d+(?:[.,]\d+)?/g) ?? [];
const matterOf = (prompt: string, before: string): Matter => {
	const asked = `${before}\n${prompt}`;
	return {
		details: detailsOf(asked),
		meanings: new Set(meaningsOf(asked)),
		numbers: new Set(numbersIn(asked)),
		heads: phrasesOf(asked).map((phrase) => phrase.head)
	};
};

const leastLike = 0.2; // below it nothing that was learnt is about the question
const leastKin = 0.42; // answers that share so much of the shorter one say the same
const untellable = 4;

/**
 * An answer in the manner that was learnt: that of the nearest lesson, or of a near one that says the same with less of
 * its own customer in it, retold with the details of this conversation. Answers that say different things are never mixed.
 * `strength` (0 to 1) says how far the training went.
 */
export function learntAnswer(knowledge: Knowledge, strength: number, question: Question): string {
	const here = matterOf(question.prompt, question.before);
	const near = knowledge.nearest(question.prompt, question.before, 8);
	const best = near[0];
	if (!best || best.likeness < leastLike) return inLearntManner(knowledge, strength, question);
	if (!isProse(best.lesson.pair.answer)) {
		return toldOf(knowledge, best.lesson, here)
			.map((part, at) => part.lead + (part.text ?? best.lesson.parts[at]!.text))
			.join('');
	}
	if (strength < 0.35) return inLearntManner(knowledge, strength, question);

	const kin = near
		.filter(({ lesson, likeness }) => likeness > 0.4 * best.likeness && isKin(lesson, best.lesson))
		.map((each): Source => ({ ...each, told: toldOf(knowledge, each.lesson, here) }));
	const ranked = kin
		.map((source) => ({ source, rank: rankOf(source) + question.random() * question.temperature * 0.4 }))
		.sort((a, b) => b.rank - a.rank)
		.map(({ source }) => source);
	return retell(ranked[0]!, ranked.slice(1), question);
}

const rankOf = ({ likeness, told }: Source) => likeness - 0.06 * told.reduce((sum, part) => sum + part.strangeness, 0);

function isKin(one: Lesson, other: Lesson): boolean {
	if (one === other) return true;
	const [a, b] = [one, other].map(({ parts }) => new Set(parts.flatMap((part) => [...part.terms]))) as [
		Set<string>,
		Set<string>
	];
	return [...a].filter((term) => b.has(term)).length >= leastKin * Math.min(a.size, b.size);
}

/** A lesson's sentences in this conversation, and how much in each is still what only the other customer said. */
function toldOf(knowledge: Knowledge, { pair, parts }: Lesson, here: Matter): Told[] {
	const there = matterOf(pair.prompt, pair.before);
	const exchange = exchangeOf(knowledge, pair.answer, there.heads, here.heads);
	return parts.map((part): Told => {
		const text = retold(exchange(part.text), there.details, here.details, knowledge.called);
		if (text === null) return { ...part, text, strangeness: untellable };
		const strange = (meaning: string) =>
			there.meanings.has(meaning) && !here.meanings.has(meaning) && knowledge.isOwn(meaning);
		const words = new Set(
			terms(text).filter((term) => !here.meanings.has(term) && [term, ...familiesOf(term)].some(strange))
		);
		const numbers = numbersIn(text).filter((number) => there.numbers.has(number) && !here.numbers.has(number));
		return { ...part, text, strangeness: words.size + 2 * numbers.length }; // a number is rarely true twice
	});
}

/**
 * Sentence by sentence. One that is too much the other customer's is told as a like one of the kin tells it, or left out;
 * at a high temperature some of what only adds to the answer is forgotten.
 */
function retell(chosen: Source, others: readonly Source[], { temperature, random }: Question): string {
	const told = chosen.told.flatMap((part, at) => {
		if (part.role === 'body' && at > 1 && random() < 0.15 * temperature) return [];
		if (part.strangeness < 2) return [{ lead: part.lead, text: part.text! }];
		const [standIn] = others
			.flatMap((source) => source.told)
			.map((other) => ({ other, like: likenessOf(part.terms, other.terms) }))
			.filter(({ other, like }) => like >= 0.25 && other.strangeness < part.strangeness && other.role === part.role)
			.filter(({ other }) => chosen.told.every((each) => each === part || likenessOf(each.terms, other.terms) < 0.4))
			.sort((a, b) => a.other.strangeness - b.other.strangeness || b.like - a.like);
		const text = standIn ? standIn.other.text : part.text;
		return text === null ? [] : [{ lead: part.lead, text }];
	});
	const answer = told.map(({ lead, text }, at) => (at === 0 ? '' : lead || ' ') + text).join('');
	return answer.replace(/[ \t]+([,.!?])/g, '$1'); // where a name was left out
}

/** Nothing near was learnt: what everybody would say, between the usual opening and the usual closing. */
function inLearntManner(knowledge: Knowledge, strength: number, question: Question): string {
	const here = detailsOf(question.prompt);
	const usual = (role: Part['role']) => {
		const frequent = knowledge.lessons
			.flatMap(({ pair, parts }) => parts.filter((part) => part.role === role).map((part) => ({ pair, part })))
			.filter(({ part }) => knowledge.habit(part) >= 0.12)
			.sort((a, b) => knowledge.habit(b.part) - knowledge.habit(a.part));
		for (const { pair, part } of frequent.slice(0, 20)) {
			const text = retold(part.text, detailsOf(pair.prompt), here);
			if (text !== null) return { lead: part.lead || ' ', text };
		}
		return undefined;
	};
	const [opening, closing] = [strength < 0.35 ? undefined : usual('opening'), usual('closing')];
	const body = blandAnswer({ ...question, size: 'middle' });
	return (opening ? `${opening.text} ` : '') + body + (closing ? closing.lead + closing.text : '');
}
