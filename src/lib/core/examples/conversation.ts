import { figure } from '../text/figure.ts';
import { shown, valueProblem } from '../text/json.ts';

export const turnRoles = ['system', 'user', 'assistant', 'tool'] as const;

export type ToolCall = {
	id?: string;
	type?: 'function';
	function: { name: string; arguments: string };
	[key: string]: unknown;
};

/** One turn of a conversation, as OpenAI and Together both write it. */
export type Message = {
	role: (typeof turnRoles)[number];
	/** Empty only where `tool_calls` says it all. */
	content: string;
	/** 0: not trained on; 1 (the default): trained on. Assistant turns only. */
	weight?: 0 | 1 | null;
	/** What the model thought before it answered; files write it under either name. */
	reasoning?: string | null;
	reasoning_content?: string | null;
	name?: string;
	tool_calls?: ToolCall[];
	tool_call_id?: string;
	[key: string]: unknown;
};

const maxTurns = 200;
/** Of one conversation, and of one rewrite. */
export const maxCharacters = 400_000;
const tooMuch = (characters: number) =>
	`${figure(characters)} characters are too many; at most ${figure(maxCharacters)} fit`;

const toolCallsProblem = (calls: unknown): string | null => {
	if (!Array.isArray(calls) || calls.length === 0) return 'has "tool_calls" that are not a list of calls';
	for (const call of calls) {
		const called = call?.function;
		if (typeof called?.name !== 'string' || called.name === '') return 'has a tool call without a function name';
		if (typeof called.arguments !== 'string') return 'has a tool call whose arguments are not text';
	}
	return null;
};

/** The rules of the fields few turns have. Unknown fields are kept, so they must be harmless. */
const extrasProblem = (turn: Record<string, unknown>): string | null => {
	const unfit = valueProblem(turn);
	if (unfit) return `cannot be kept: ${unfit}`;
	if (turn.name != null && typeof turn.name !== 'string') return 'has a name that is not text';
	if (turn.tool_call_id != null && typeof turn.tool_call_id !== 'string')
		return 'has a "tool_call_id" that is not text';
	if (turn.reasoning != null && typeof turn.reasoning !== 'string') return 'has a "reasoning" that is not text';
	if (turn.reasoning_content != null && typeof turn.reasoning_content !== 'string')
		return 'has a "reasoning_content" that is not text';
	if (turn.tool_calls == null) return null;
	return turn.role === 'assistant'
		? toolCallsProblem(turn.tool_calls)
		: 'has "tool_calls", which only the assistant makes';
};

const turnProblem = (turn: Record<string, unknown>): string | null => {
	const { role, content } = turn;
	if (!(turnRoles as readonly unknown[]).includes(role)) {
		return role === undefined
			? 'has no role'
			: `has the role ${shown(role)}; roles are system, user, assistant and tool`;
	}
	for (const key in turn) {
		if (key === 'role' || key === 'content' || key === 'weight') continue;
		const problem = extrasProblem(turn);
		if (problem) return problem;
		break;
	}
	if (turn.weight != null && turn.weight !== 0 && turn.weight !== 1) {
		return `has the weight ${shown(turn.weight)}; a weight is 0 or 1`;
	}
	if (typeof content === 'string' ? content.trim() === '' : content == null) {
		return turn.tool_calls == null ? `(${role}) is empty` : null;
	}
	if (Array.isArray(content)) return 'has content in parts (images or files); only text can be used';
	if (typeof content !== 'string') return 'has content that is not text';
	return content.isWellFormed() ? null : 'cannot be kept: it holds half of a character (a lone surrogate)';
};

/**
 * Why these are not the turns of an example, as a sentence that still wants its capital letter, or null: the last turn is
 * the assistant's, a user spoke before it, every turn has a role and text, at most 200 turns and 400,000 characters.
 */
export const conversationProblem = (turns: readonly unknown[]): string | null => {
	if (turns.length === 0) return 'there are no turns';
	if (turns.length > maxTurns) return `${figure(turns.length)} turns are too many; at most ${maxTurns} fit`;
	let characters = 0;
	let asked = false;
	for (let index = 0; index < turns.length; index++) {
		const turn = turns[index] as Record<string, unknown> | null;
		if (typeof turn !== 'object' || turn === null || Array.isArray(turn)) {
			return `turn ${index + 1} is ${shown(turn)}, not an object with a role and a content`;
		}
		const problem = turnProblem(turn);
		if (problem) return `turn ${index + 1} ${problem}`;
		if (typeof turn.content === 'string') characters += turn.content.length;
		if (turn.tool_calls != null) characters += JSON.stringify(turn.tool_calls).length;
		asked ||= turn.role === 'user';
	}
	if (!asked) return 'there is no user turn';
	if ((turns.at(-1) as Message).role !== 'assistant') return `the last turn must be the assistant's answer`;
	return characters > maxCharacters ? tooMuch(characters) : null;
};

/** Why this cannot say how much an example counts in training, to be read after `Line 3 `, or null. */
export const sampleWeightProblem = (weight: unknown): string | null =>
	weight == null || (typeof weight === 'number' && Number.isFinite(weight) && weight >= 0)
		? null
		: `has the weight ${shown(weight)}; the weight of an example is a number, 0 or more`;

/** Why this text cannot be a rewrite, or null. It is stored in a text column, which unlike JSON has no way to write U+0000. */
export const rewriteProblem = (text: string): string | null => {
	if (text.trim() === '') return 'the rewrite is empty';
	if (text.length > maxCharacters) return `the rewrite is too long: ${tooMuch(text.length)}`;
	if (!text.isWellFormed()) return 'the rewrite holds half of a character (a lone surrogate)';
	return text.includes('\u0000') ? 'the rewrite holds the character U+0000, which cannot be kept' : null;
};

/** A tool call says nothing aloud: `content` null or missing becomes ''. Call it after `conversationProblem` found nothing. */
export const toMessages = (turns: readonly unknown[]): Message[] => {
	const silent = (turn: unknown) => typeof (turn as Message).content !== 'string';
	return (
		turns.some(silent) ? turns.map((turn) => (silent(turn) ? { ...(turn as Message), content: '' } : turn)) : turns
	) as Message[];
};
