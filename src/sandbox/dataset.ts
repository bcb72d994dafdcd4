import { setImmediate as nextTurn } from 'node:timers/promises';
import { controlTokenIn } from '../lib/core/examples/control-tokens.ts';
import { toolsOf } from '../lib/core/examples/tools.ts';
import { type TrainingLine, flawsOf } from '../lib/core/examples/trainable.ts';
import { tokensOf } from './catalogue.ts';
import type { Pair } from './learning/knowledge.ts';
import { record } from './wire.ts';

export type Inspection = {
	lines: number;
	tokens: number;
	longestTokens: number;
	problem: string | null;
	/** The first control token, with its line. Only some models refuse it. */
	controlToken: string | null;
};

type Turn = { role: string; content: string; calls: boolean; trained: boolean };

/** Turns an example into what the format allows, or says what is wrong with it. */
function turnsOf(line: string): Turn[] | string {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return 'is not JSON';
	}
	const messages = record(value).messages;
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
	const offered = toolsOf({ tools: record(value).tools });
	if (typeof offered === 'string') return 'has damaged "tools"';
	const flaws = flawsOf({ messages: messages as TrainingLine['messages'], ...offered });
	const flaw = flaws.find(({ rule }) => rule !== 'control');
	return flaw ? `is refused: ${flaw.words}` : turns;
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

/** Reads a chat JSONL file as the providers do; stops at the first line that is wrong and names it. */
export async function inspect(body: Buffer): Promise<Inspection> {
	const found: Inspection = { lines: 0, tokens: 0, longestTokens: 0, problem: null, controlToken: null };
	for await (const { text, at } of linesOf(body)) {
		const turns = turnsOf(text);
		if (typeof turns === 'string') return { ...found, problem: `Line ${at} ${turns}.` };
		const control = controlTokenIn(text);
		if (control) found.controlToken ??= `Line ${at} has the control token ${control}.`;
		const tokens = turns.reduce((sum, turn) => sum + 4 + tokensOf(turn.content), 0);
		found.lines += 1;
		found.tokens += tokens;
		found.longestTokens = Math.max(found.longestTokens, tokens);
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
		const turns = turnsOf(text);
		if (typeof turns === 'string') continue;
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
