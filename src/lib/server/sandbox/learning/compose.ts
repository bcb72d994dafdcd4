import { blandAnswer } from './bland.ts';
import { type Details, detailsOf, retold } from './details.ts';
import type { Knowledge, Part } from './knowledge.ts';
import { terms } from './words.ts';

export type Question = { prompt: string; before: string; system: string; temperature: number; random: () => number };

type Candidate = Part & { position: number; score: number; source: number };

const likenessOf = (one: Set<string>, other: Set<string>): number => {
	if (one.size === 0 || other.size === 0) return 0;
	const shared = [...one].filter((term) => other.has(term)).length;
	return shared / (one.size + other.size - shared);
};

/** Prose can be taken apart and put together again; code, JSON and tables can not. */
const isProse = (answer: string) => !/```|^\s*[[{<|]/.test(answer);

/**
 * An answer in the manner that was learnt: sentences of the nearest lessons that agree with one another and with the
 * question, an opening and a closing as they are usual, all retold with the details of this conversation.
 * `strength` (0 to 1) says how far the training went.
 */
export function learntAnswer(knowledge: Knowledge, strength: number, question: Question): string {
	const near = knowledge.nearest(question.prompt, question.before, 6);
	const best = near[0];
	if (!best || best.likeness < 0.06) return inLearntManner(knowledge, strength, question);
	const here = detailsOf(`${question.before}\n${question.prompt}`);
	const there = near.map(({ lesson }) => detailsOf(`${lesson.pair.before}\n${lesson.pair.prompt}`));
	if (!isProse(best.lesson.pair.answer) || best.likeness > 0.92) {
		return best.lesson.parts.map((part) => part.lead + (retold(part.text, there[0]!, here) ?? part.text)).join('');
	}
	if (strength < 0.35) return inLearntManner(knowledge, strength, question);

	const power = near.map(({ likeness }) => (likeness / best.likeness) ** 3);
	const asked = new Set(terms(question.prompt));
	const candidates = near.flatMap(({ lesson }, source) =>
		lesson.parts.flatMap((part, at): Candidate[] => {
			const text = retold(part.text, there[source]!, here);
			if (text === null) return [];
			const agreement = near.reduce((sum, other, index) => {
				if (index === source) return sum;
				return (
					sum + power[index]! * Math.max(0, ...other.lesson.parts.map((each) => likenessOf(part.terms, each.terms)))
				);
			}, 0);
			const words = knowledge.language.read(text);
			const oddness = knowledge.language.surprise(words) / Math.max(1, words.length);
			const score =
				power[source]! * 0.8 +
				agreement * 0.5 +
				likenessOf(part.terms, asked) +
				(part.role === 'body' ? 0 : knowledge.habit(part)) -
				oddness * 0.02 +
				question.random() * question.temperature * 0.4;
			return [{ ...part, text, position: at / lesson.parts.length, score, source }];
		})
	);
	const more = (question.random() - 0.5) * question.temperature;
	return join(candidates, Math.round(bodyLength(near, power) + more), here);
}

/** How many sentences lie between opening and closing, as in the nearest lessons. */
const bodyLength = (near: ReturnType<Knowledge['nearest']>, power: number[]) =>
	near.reduce(
		(sum, { lesson }, at) => sum + power[at]! * lesson.parts.filter((part) => part.role === 'body').length,
		0
	) / power.reduce((sum, each) => sum + each, 0);

function join(candidates: Candidate[], body: number, here: Details): string {
	const ranked = [...candidates].sort((a, b) => b.score - a.score);
	const opening = ranked.find((part) => part.role === 'opening');
	const closing = ranked.find((part) => part.role === 'closing');
	const chosen: Candidate[] = [];
	for (const part of ranked) {
		if (chosen.length >= body) break;
		const repeats = [opening, closing, ...chosen].some((other) => other && likenessOf(part.terms, other.terms) > 0.5);
		if (part.role === 'body' && !repeats) chosen.push(part);
	}
	chosen.sort((a, b) => a.position - b.position || a.source - b.source);
	const parts = [opening, ...chosen, closing].filter((part) => part !== undefined);
	const answer = parts.map((part, at) => (at === 0 ? '' : part.lead || ' ') + part.text).join('');
	return here.names.length ? answer : answer.replace(/\s+([,.!?])/g, '$1');
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
