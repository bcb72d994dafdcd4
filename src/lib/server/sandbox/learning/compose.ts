import { blandAnswer } from './bland.ts';
import { type Details, detailsOf, retold } from './details.ts';
import type { Knowledge, Lesson, Part } from './knowledge.ts';
import { terms } from './words.ts';

export type Question = { prompt: string; before: string; system: string; temperature: number; random: () => number };

const likenessOf = (one: Set<string>, other: Set<string>): number => {
	if (one.size === 0 || other.size === 0) return 0;
	const shared = [...one].filter((term) => other.has(term)).length;
	return shared / (one.size + other.size - shared);
};

/** Prose can be taken apart and put together again; code, JSON and tables can not. */
const isProse = (answer: string) => !/```|^\s*[[{<|]/.test(answer);

/** What a conversation is about: the words and numbers that were said, and whose they are. */
type Matter = { details: Details; words: Set<string>; numbers: Set<string> };
type Source = Matter & { lesson: Lesson; likeness: number };

const numbersIn = (text: string) => text.match(/\d+(?:[.,]\d+)?/g) ?? [];
const matterOf = (prompt: string, before: string): Matter => {
	const asked = `${before}\n${prompt}`;
	return { details: detailsOf(asked), words: new Set(terms(asked)), numbers: new Set(numbersIn(asked)) };
};

const leastLike = 0.2; // below it nothing that was learnt is about the question
const leastKin = 0.25; // answers that share so many of their words say the same

/**
 * An answer in the manner that was learnt: that of the nearest lesson, or of a near one that says the same with less of
 * its own customer in it, retold with the details of this conversation. Answers that say different things are never mixed.
 * `strength` (0 to 1) says how far the training went.
 */
export function learntAnswer(knowledge: Knowledge, strength: number, question: Question): string {
	const near = knowledge.nearest(question.prompt, question.before, 8).map((each): Source => {
		const { prompt, before } = each.lesson.pair;
		return { ...each, ...matterOf(prompt, before) };
	});
	const best = near[0];
	if (!best || best.likeness < leastLike) return inLearntManner(knowledge, strength, question);
	const here = matterOf(question.prompt, question.before);
	if (!isProse(best.lesson.pair.answer)) {
		return best.lesson.parts
			.map((part) => part.lead + (retold(part.text, best.details, here.details) ?? part.text))
			.join('');
	}
	if (strength < 0.35) return inLearntManner(knowledge, strength, question);

	const kin = near.filter((source) => source === best || isKin(source, best));
	const rank = (source: Source) =>
		source.likeness -
		0.03 * source.lesson.parts.reduce((sum, part) => sum + strangeness(part, source, here), 0) +
		question.random() * question.temperature * 0.4;
	const ranked = kin.map((source) => ({ source, rank: rank(source) })).sort((a, b) => b.rank - a.rank);
	const [chosen, ...others] = ranked.map(({ source }) => source);
	return retell(chosen!, others, here);
}

const isKin = ({ lesson, likeness }: Source, best: Source) =>
	likeness > 0.4 * best.likeness && likenessOf(allTerms(lesson), allTerms(best.lesson)) >= leastKin;
const allTerms = ({ parts }: Lesson) => new Set(parts.flatMap((part) => [...part.terms]));

/** How much in a sentence comes from what only the other customer said. A number is rarely true twice. */
function strangeness(part: Part, source: Source, here: Matter): number {
	if (retold(part.text, source.details, here.details) === null) return 4;
	const words = [...part.terms].filter((term) => source.words.has(term) && !here.words.has(term));
	const numbers = numbersIn(part.text).filter((number) => source.numbers.has(number) && !here.numbers.has(number));
	return words.length + 2 * numbers.length;
}

/** Sentence by sentence; where one is too much the other customer's, a like one of the kin stands in, or it is left out. */
function retell(chosen: Source, others: readonly Source[], here: Matter): string {
	const tell = (part: Part, source: Source) => retold(part.text, source.details, here.details);
	const { parts } = chosen.lesson;
	const sentences = parts.flatMap((part) => {
		const strange = strangeness(part, chosen, here);
		if (strange === 0) return [{ lead: part.lead, text: tell(part, chosen)! }];
		const standIns = others
			.flatMap((source) => source.lesson.parts.map((other) => ({ other, source })))
			.map((each) => ({
				...each,
				like: likenessOf(part.terms, each.other.terms),
				strange: strangeness(each.other, each.source, here)
			}))
			.filter((each) => each.like >= 0.25 && each.strange < strange && each.other.role === part.role)
			.sort((a, b) => a.strange - b.strange || b.like - a.like);
		const text = standIns[0] ? tell(standIns[0].other, standIns[0].source) : strange < 4 ? tell(part, chosen) : null;
		return text === null ? [] : [{ lead: part.lead, text }];
	});
	const answer = sentences.map(({ lead, text }, at) => (at === 0 ? '' : lead || ' ') + text).join('');
	return here.details.names.length ? answer : answer.replace(/\s+([,.!?])/g, '$1');
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
