import { conversationProblem, rewriteProblem, toMessages } from '../conversation.ts';
import type { Message } from '../conversation.ts';
import { burdenOf, shown, syntaxProblem, valueProblem } from '../../text/json.ts';
import type { Row } from '../formats/format.ts';
import { formatOf, formats } from '../formats/sniff.ts';

const turnFields: ReadonlySet<string> = new Set(['role', 'content', 'weight']);

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

const missing = (row: Row): string => {
	if (row.chosen !== undefined || row.preferred_output !== undefined) {
		return 'is a preference pair; only examples with one answer can be imported';
	}
	for (const [one, other] of [
		['input', 'output'],
		['prompt', 'completion']
	] as const) {
		if (row[one] !== undefined) return `has "${one}" but no "${other}"`;
		if (row[other] !== undefined) return `has "${other}" but no "${one}"`;
	}
	return 'has no "messages" list';
};

const hasOthers = (object: object, names: ReadonlySet<string>): boolean => {
	for (const key in object) if (!names.has(key)) return true;
	return false;
};

/**
 * One line of any known format as an example, or the sentence that says why not. Never throws, whatever the line holds. Of a
 * field that occurs twice the last counts, as everywhere in JSON; `lineNumber` is the one people see.
 */
export const parseLine = (text: string, lineNumber: number): Parsed => {
	const refuse = (why: string): Parsed => ({ ok: false, line: lineNumber, reason: `Line ${lineNumber}${why}` });
	const burden = burdenOf(text);
	if (burden) return refuse(` cannot be kept: ${burden}`);
	let row: Row;
	try {
		row = JSON.parse(text);
	} catch (problem) {
		return refuse(text.trim() === '' ? ' is empty' : ` is not valid JSON: ${syntaxProblem(problem)}`);
	}
	if (typeof row !== 'object' || row === null || Array.isArray(row)) {
		return refuse(` is ${Array.isArray(row) ? 'a list' : 'a single value'}, not an object like {"messages": […]}`);
	}
	const format = formatOf(row);
	if (!format) return refuse(` ${missing(row)}`);
	const { read, fields } = formats[format];
	const othersInRow = hasOthers(row, fields);
	const unfit = othersInRow ? valueProblem(row) : null;
	if (unfit) return refuse(` cannot be kept: ${unfit}`);

	const draft = read(row);
	if (typeof draft === 'string') return refuse(` ${draft}`);
	const problem = conversationProblem(draft.turns) ?? ratingProblem(row.rating);
	if (problem) return refuse(`: ${problem}`);
	const rewrite = draft.rewrite == null || draft.rewrite === '' ? null : draft.rewrite;
	if (rewrite !== null && typeof rewrite !== 'string') return refuse(`: the rewrite is ${shown(rewrite)}, not text`);
	const unfitRewrite = rewrite === null ? null : rewriteProblem(rewrite);
	if (unfitRewrite) return refuse(`: ${unfitRewrite}`);
	const split = splits.get(row.split);
	if (split === undefined) return refuse(`: split ${shown(row.split)} is neither train nor validation`);

	const saysMore = othersInRow || draft.saysMore || draft.turns.some((turn) => hasOthers(turn as object, turnFields));
	const { id } = row;
	return {
		ok: true,
		line: lineNumber,
		messages: toMessages(draft.turns),
		rating: (row.rating as number | null | undefined) ?? null,
		rewrite,
		split,
		source: saysMore ? text : null,
		id: typeof id === 'string' || typeof id === 'number' ? String(id) : null
	};
};
