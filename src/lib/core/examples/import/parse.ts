import { conversationProblem, rewriteProblem, sampleWeightProblem, toMessages } from '../conversation.ts';
import type { Message } from '../conversation.ts';
import { burdenOf, shown, valueProblem } from '../../text/json.ts';
import type { Row } from '../formats/format.ts';
import { formatOf, formats } from '../formats/sniff.ts';
import { modernTurns } from '../formats/turns.ts';
import { toolsOf } from '../tools.ts';
import { whyBroken } from './broken.ts';
import { fieldTwice } from './field-twice.ts';

const turnFields: ReadonlySet<string> = new Set(['role', 'content', 'weight']);
/** Some scripts write down the list of turns alone. */
const isListOfTurns = (list: readonly unknown[]): boolean => {
	const first = list[0] as Row | null | undefined;
	return typeof first === 'object' && first !== null && (first.role !== undefined || first.from !== undefined);
};

export type Parsed =
	| {
			ok: true;
			line: number;
			messages: Message[];
			/** A whole number from 1 to 10. */
			rating: number | null;
			rewrite: string | null;
			split: 'train' | 'validation' | null;
			/** The line as it came, where it says more than the fields above; an export can give it back. */
			source: string | null;
			/** What the line calls itself; also in `source`. */
			id: string | null;
	  }
	| { ok: false; line: number; reason: string };

const splits = new Map<unknown, 'train' | 'validation' | null>([
	[undefined, null],
	[null, null],
	['', null],
	['unassigned', null],
	['train', 'train'],
	['val', 'validation'], // the original's word
	['validation', 'validation']
]);

const ratingProblem = (rating: unknown): string | null => {
	if (rating == null) return null;
	if (typeof rating !== 'number') return `rating ${shown(rating)} is not a number`;
	if (!(rating >= 1 && rating <= 10)) return `rating ${rating} is not between 1 and 10`;
	return Number.isInteger(rating) ? null : `rating ${rating} is not a whole number`;
};

const mostNames = 4;
const missing = (row: Row): string => {
	const has = Object.keys(row).filter((key) => row[key] != null);
	const names = has.slice(0, mostNames).map(shown).join(', ');
	for (const [one, other] of [
		['input', 'output'],
		['prompt', 'completion']
	] as const) {
		if (row[one] == null && row[other] == null) continue;
		const [there, absent] = row[one] == null ? [other, one] : [one, other];
		return has.length === 1
			? `has "${there}" but no "${absent}"`
			: `has "${there}" but no "${absent}"; it has ${names}`;
	}
	return names === '' ? 'has no "messages" list' : `has no "messages" list; it has ${names}`;
};

const hasOthers = (object: object, names: ReadonlySet<string>): boolean => {
	for (const key in object) if (!names.has(key)) return true;
	return false;
};

/**
 * One line of any known format as an example, or the sentence that says why not. Never throws, whatever the line holds.
 * `lineNumber` is the one people see.
 */
export const parseLine = (given: string, lineNumber: number): Parsed => {
	const text = given.endsWith(',') ? given.slice(0, -1) : given; // a line that was cut out of a list
	const refuse = (why: string): Parsed => ({ ok: false, line: lineNumber, reason: `Line ${lineNumber}${why}` });
	const burden = burdenOf(text);
	if (burden) return refuse(` cannot be kept: ${burden}`);
	let row: Row;
	try {
		row = JSON.parse(text);
	} catch (problem) {
		return refuse(text.trim() === '' ? ' is empty' : ` is not valid JSON: ${whyBroken(text, problem)}`);
	}
	if (Array.isArray(row) && isListOfTurns(row)) {
		row = row[0].role === undefined ? { conversations: row } : { messages: row };
	}
	if (typeof row !== 'object' || row === null || Array.isArray(row)) {
		return refuse(` is ${Array.isArray(row) ? 'a list' : 'a single value'}, not an object like {"messages": […]}`);
	}
	const format = formatOf(row);
	if (!format) return refuse(` ${missing(row)}`);
	const twice = fieldTwice(text, row);
	if (twice) return refuse(` has two fields called ${shown(twice)}; one of them would be lost`);
	const { read, fields } = formats[format];
	const othersInRow = hasOthers(row, fields);
	const unfit = othersInRow ? valueProblem(row) : null;
	if (unfit) return refuse(` cannot be kept: ${unfit}`);

	const draft = read(row);
	if (typeof draft === 'string') return refuse(` ${draft}`);
	const turns = modernTurns(draft.turns);
	const problem = conversationProblem(turns) ?? ratingProblem(row.rating);
	if (problem) return refuse(`: ${problem}`);
	const tools = toolsOf(row);
	const unfitBeside = typeof tools === 'string' ? tools : sampleWeightProblem(row.weight);
	if (unfitBeside) return refuse(` ${unfitBeside}`);
	const rewrite = draft.rewrite == null || draft.rewrite === '' ? null : draft.rewrite;
	if (rewrite !== null && typeof rewrite !== 'string') return refuse(`: the rewrite is ${shown(rewrite)}, not text`);
	const unfitRewrite = rewrite === null ? null : rewriteProblem(rewrite);
	if (unfitRewrite) return refuse(`: ${unfitRewrite}`);
	const split = splits.get(row.split);
	if (split === undefined) return refuse(`: split ${shown(row.split)} is neither train nor validation`);

	const saysMore =
		othersInRow ||
		draft.saysMore ||
		turns !== draft.turns ||
		turns.some((turn) => hasOthers(turn as object, turnFields));
	const { id } = row;
	return {
		ok: true,
		line: lineNumber,
		messages: toMessages(turns),
		rating: (row.rating as number | null | undefined) ?? null,
		rewrite,
		split,
		source: saysMore ? text : null,
		id: typeof id === 'string' || typeof id === 'number' ? String(id) : null
	};
};
