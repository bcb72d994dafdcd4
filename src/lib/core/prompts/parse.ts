import { type Message, conversationProblem, toMessages } from '../examples/conversation.ts';
import { promptOf } from '../examples/example.ts';
import type { Row } from '../examples/formats/format.ts';
import { formatOf, formats } from '../examples/formats/sniff.ts';
import { modernTurns } from '../examples/formats/turns.ts';
import { whyBroken } from '../examples/import/broken.ts';
import { burdenOf, shown } from '../text/json.ts';

export type ParsedPrompt = { ok: true; messages: Message[] } | { ok: false; reason: string };

/** Where an answer has to stand for the formats of examples to know a row; it is left out again. */
const noAnswer = '-';
const answer: Message = { role: 'assistant', content: noAnswer };

/** What a question is called where nothing else is there. */
export const questions = ['prompt', 'input', 'question', 'query', 'text', 'content'];
const named = questions.map((name) => `"${name}"`).join(', ');

/** A row as the formats of examples know it: with an answer, whether it had one or not. */
const answered = (row: Row): Row | null => {
	if (formatOf(row) && !(row.instruction != null && row.output == null)) return row;
	if (row.instruction != null) return { ...row, output: noAnswer };
	const asked = row.input as { messages?: unknown } | null | undefined;
	if (Array.isArray(asked?.messages)) return { messages: asked.messages };
	const name = questions.find((one) => row[one] != null);
	if (name === undefined) return null;
	const { system } = row;
	return { prompt: row[name], completion: noAnswer, ...(system != null && { system }) };
};

/** Only what is sent: what a turn of an earlier training weighed, and what a model thought, is no part of a question. */
const bare = ({ role, content, name, tool_calls, tool_call_id }: Message): Message => ({
	role,
	content,
	...(name != null && { name }),
	...(tool_calls != null && { tool_calls }),
	...(tool_call_id != null && { tool_call_id })
});

const holdsZero = (value: unknown): boolean =>
	typeof value === 'string'
		? value.includes('\u0000')
		: typeof value === 'object' && value !== null && Object.entries(value).some((one) => one.some(holdsZero));

/** The turns up to the question, or why there is none, as a sentence that still wants its capital letter. An answer at the end is left out. */
export const promptOfTurns = (given: readonly unknown[]): Message[] | string => {
	const turns = modernTurns(given);
	const last = turns.at(-1) as Row | null | undefined;
	const ended = last?.role === 'assistant' ? turns : [...turns, answer];
	const problem = turns.length === 0 ? 'there are no turns' : conversationProblem(ended);
	if (problem) return problem;
	const messages = promptOf(toMessages(ended)).map(bare);
	// no text of Postgres keeps it, and whoever searches the pool reads every text
	if (holdsZero(messages)) return 'the prompt holds the character U+0000, which cannot be kept';
	const { role } = messages.at(-1)!;
	return role === 'user' || role === 'tool' ? messages : 'the last turn before the answer must be a question';
};

const isTurns = (list: readonly unknown[]): boolean => {
	const first = list[0] as Row | null | undefined;
	return typeof first === 'object' && first !== null && (first.role !== undefined || first.from !== undefined);
};

/**
 * One line of a file as a prompt: any format of an example, with its answer or without, a question by its name, a text of JSON, or the
 * line as it stands. Never throws, whatever the line holds. `lineNumber` is the one people see.
 */
export const parsePrompt = (given: string, lineNumber: number): ParsedPrompt => {
	const text = given.trim();
	const refuse = (why: string): ParsedPrompt => ({ ok: false, reason: `Line ${lineNumber}${why}` });
	const asked = (turns: readonly unknown[]): ParsedPrompt => {
		const messages = promptOfTurns(turns);
		return typeof messages === 'string' ? refuse(`: ${messages}`) : { ok: true, messages };
	};
	const asQuestion = (content: unknown) => asked([{ role: 'user', content }]);
	if (!/^[{["]/.test(text)) return asQuestion(text);
	const json = text.endsWith(',') ? text.slice(0, -1) : text; // a line that was cut out of a list
	const burden = burdenOf(json);
	if (burden) return refuse(` cannot be kept: ${burden}`);
	let row: unknown;
	try {
		row = JSON.parse(json);
	} catch (problem) {
		// people begin a question with a quotation or a bracket, hardly with a brace
		return text[0] === '{' ? refuse(` is not valid JSON: ${whyBroken(json, problem)}`) : asQuestion(text);
	}
	if (typeof row === 'string') return asQuestion(row);
	if (Array.isArray(row) && isTurns(row))
		row = (row[0] as Row).role === undefined ? { conversations: row } : { messages: row };
	if (typeof row !== 'object' || row === null || Array.isArray(row)) return refuse(` is ${shown(row)}, not a prompt`);
	const whole = answered(row as Row);
	const format = whole && formatOf(whole);
	if (!format)
		return refuse(
			` has no prompt; a question is called ${named}, a conversation "messages"; it has ${fieldsOf(row as Row)}`
		);
	const draft = formats[format].read(whole);
	return typeof draft === 'string' ? refuse(` ${draft}`) : asked(draft.turns);
};

const fieldsOf = (row: Row) => Object.keys(row).slice(0, 4).map(shown).join(', ') || 'no fields';
