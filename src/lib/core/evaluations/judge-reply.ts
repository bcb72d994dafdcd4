import { readJson } from '../text/json.ts';
import { spoken } from './answers.ts';

/** What a judge can say of two answers, by where they stood. */
export const judgeChoices = ['first', 'second', 'tie'] as const;
export type JudgeChoice = (typeof judgeChoices)[number];

export type Reply = {
	choice: JudgeChoice;
	/** In the judge's words, shortened; empty where it gave none. */
	why: string;
};

const longestWhy = 400;
/** More is no reply to a question that asks for one line. */
const longestRead = 20_000;

const isChoice = (value: unknown): value is JudgeChoice => judgeChoices.some((choice) => choice === value);
const wordOf = (value: unknown) => (typeof value === 'string' ? value.trim().toLowerCase() : value);

/** What one JSON object says; null where it says something else, and undefined where it is none. */
const fromJson = (text: string): Reply | null | undefined => {
	let value: unknown;
	try {
		value = readJson(text);
	} catch {
		return undefined;
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	const { better, why } = value as { better?: unknown; why?: unknown };
	const choice = wordOf(better);
	if (!isChoice(choice)) return null;
	return { choice, why: typeof why === 'string' ? why.trim().slice(0, longestWhy) : '' };
};

/**
 * What a judge said, read strictly; null where it cannot be read, and then it has not judged. Its thinking is left out. A reply is one JSON
 * object; where there are words around it, every object in it that judges has to say the same. One word alone is read too. Nothing
 * is guessed from prose.
 */
export const readReply = (text: string): Reply | null => {
	const said = spoken(text).trim().slice(0, longestRead);
	const whole = fromJson(said);
	if (whole !== undefined) return whole;
	const inside = [...said.matchAll(/\{[^{}]*\}/g)].flatMap(([object]) => fromJson(object) ?? []);
	const last = inside.at(-1);
	if (last) return inside.every(({ choice }) => choice === last.choice) ? last : null;
	const word = wordOf(said.replace(/^["'`*]+|["'`*.!]+$/g, ''));
	return isChoice(word) ? { choice: word, why: '' } : null;
};
