import { setImmediate as nextTurn } from 'node:timers/promises';
import { controlTokenIn } from '../lib/core/examples/control-tokens.ts';
import { toolsOf } from '../lib/core/examples/tools.ts';
import { type Flaw, type PairLine, type TrainingLine, flawsOf, pairFlawsOf } from '../lib/core/examples/trainable.ts';
import { tokensOf } from './catalogue.ts';
import type { Pair } from './learning/knowledge.ts';
import { record } from './values.ts';

export type Inspection = {
	lines: number;
	tokens: number;
	longestTokens: number;
	problem: string | null;
	/** Which training it is for: with examples, or with preferences. One file has one of them. */
	format: 'conversation' | 'preference';
	/** The first control token, with its line. Only some models refuse it. */
	controlToken: string | null;
};

type Turn = { role: string; content: string; calls: boolean; trained: boolean };
/** What a line says; of a pair the last turn is the better answer, and `rejected` the other one. */
type Said = { turns: Turn[]; rejected: string | null };

/** Turns a line into what one of the formats allows, or says what is wrong with it. */
function saidIn(line: string): Said | string {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return 'is not JSON';
	}
	const row = record(value);
	if (row.preferred_output !== undefined) return pairIn(row);
	const turns = turnsOf(row);
	if (typeof turns === 'string') return turns;
	return (
		flawIn(row, (offered) => flawsOf({ messages: row.messages as TrainingLine['messages'], ...offered })) ?? {
			turns,
			rejected: null
		}
	);
}

function pairIn({
	input,
	preferred_output: better,
	non_preferred_output: worse
}: Record<string, unknown>): Said | string {
	const asked = record(input);
	if (!Array.isArray(asked.messages) || !Array.isArray(better) || !Array.isArray(worse))
		return 'is no pair: it needs "input" with "messages", "preferred_output" and "non_preferred_output"';
	const [turns, others] = [better, worse].map((answer) =>
		turnsOf({ messages: [...(asked.messages as unknown[]), ...answer] })
	);
	if (typeof turns === 'string') return turns;
	if (typeof others === 'string') return others;
	const flaw = flawIn(asked, (offered) =>
		pairFlawsOf({
			input: { messages: asked.messages, ...offered },
			preferred_output: better,
			non_preferred_output: worse
		} as PairLine)
	);
	return flaw ?? { turns: turns!, rejected: others!.at(-1)!.content };
}

/** Control tokens are refused by some models only. */
function flawIn(row: Record<string, unknown>, flaws: (offered: Pick<TrainingLine, 'tools'>) => Flaw[]): string | null {
	const offered = toolsOf({ tools: row.tools });
	if (typeof offered === 'string') return 'has damaged "tools"';
	const flaw = flaws({ ...offered }).find(({ rule }) => rule !== 'control');
	return flaw ? `is refused: ${flaw.words}` : null;
}

function turnsOf({ messages }: Record<string, unknown>): Turn[] | string {
	if (!Array.isArray(messages)) return 'has no "messages" list';
	if (messages.length === 0) return 'has an empty "messages" list';

	const turns: Turn[] = [];
	for (const [at, each] of messages.entries()) {
		const { role, content, tool_calls: calls, weight } = record(each);
		const hasCalls = Array.isArray(calls) && calls.length > 0;
		if (typeof role !== 'string' || !['system', 'user', 'assistant', 'tool'].includes(role)) {
			return `message ${at + 1} has an unknown role`;
		}
		if (typeof content !== 'string' ? !hasCalls : content.trim() === '' && !hasCalls) {
			return `message ${at + 1} (${role}) has no content`;
		}
		if (weight !== undefined && weight !== 0 && weight !== 1)
			return `message ${at + 1} has a weight that is not 0 or 1`;
		turns.push({ role, content: typeof content === 'string' ? content : '', calls: hasCalls, trained: weight !== 0 });
	}
	return turns;
}

async function* linesOf(body: Buffer): AsyncGenerator<{ text: string; at: number }> {
	let from = 0;
	let at = 0;
	while (from < body.length) {
		const end = body.indexOf(10, from);
		const stop = end === -1 ? body.length : end;
		at += 1;
		const text = body.toString('utf8', from, stop).trim();
		if (text) yield { text, at };
		if (at % 500 === 0) await nextTurn();
		from = stop + 1;
	}
}

/** Reads a file of chats, or of pairs, as the providers do; stops at the first line that is wrong and names it. */
export async function inspect(body: Buffer): Promise<Inspection> {
	const found: Inspection = {
		lines: 0,
		tokens: 0,
		longestTokens: 0,
		problem: null,
		format: 'conversation',
		controlToken: null
	};
	for await (const { text, at } of linesOf(body)) {
		const said = saidIn(text);
		if (typeof said === 'string') return { ...found, problem: `Line ${at} ${said}.` };
		const format = said.rejected === null ? 'conversation' : 'preference';
		if (found.lines > 0 && format !== found.format)
			return { ...found, problem: `Line ${at} is of another format than the lines before it.` };
		found.format = format;
		const control = controlTokenIn(text);
		if (control) found.controlToken ??= `Line ${at} has the control token ${control}.`;
		const answers = [said.turns.at(-1)!.content, said.rejected ?? ''];
		const asked = said.turns.slice(0, -1).reduce((sum, turn) => sum + 4 + tokensOf(turn.content), 0);
		// of a pair each answer is read after what was asked
		const sizes = answers.slice(0, said.rejected === null ? 1 : 2).map((answer) => asked + 4 + tokensOf(answer));
		const tokens = sizes.reduce((sum, size) => sum + size, 0);
		found.lines += 1;
		found.tokens += tokens;
		found.longestTokens = Math.max(found.longestTokens, ...sizes);
	}
	return found.lines === 0 ? { ...found, problem: 'The file has no examples.' } : found;
}

/** Every trained answer with the question before it, at most `most` of them, evenly over the file. */
export async function pairsOf(body: Buffer, lines: number, most: number): Promise<Pair[]> {
	const pairs: Pair[] = [];
	const stride = Math.max(1, lines / most);
	let line = 0;
	for await (const { text } of linesOf(body)) {
		const wanted = Math.floor(line / stride) !== Math.floor((line - 1) / stride);
		line += 1;
		if (!wanted) continue;
		const said = saidIn(text);
		if (typeof said === 'string') continue;
		const { turns, rejected } = said;
		if (rejected !== null) {
			const users = turns.filter(({ role }) => role === 'user').map(({ content }) => content);
			const answer = turns.at(-1)!.content;
			pairs.push({ prompt: users.at(-1) ?? '', before: users.slice(0, -1).join('\n'), answer, rejected });
			continue;
		}
		const asked: string[] = [];
		for (const turn of turns) {
			if (turn.role === 'user') asked.push(turn.content);
			if (turn.role === 'assistant' && turn.trained && turn.content.trim()) {
				pairs.push({ prompt: asked.at(-1) ?? '', before: asked.slice(0, -1).join('\n'), answer: turn.content });
			}
		}
	}
	return pairs;
}
