import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { type AnswerEvent, Chat } from '../../contract/servings.ts';
import { AppError } from '../../core/errors.ts';
import { ThoughtParter } from '../../core/servings/thinking.ts';
import { log } from '../platform/log.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, ChatRequest, Completion } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';

/** What an answer has cost, in cents; null: nobody knows. `text` is all that came, thoughts included. */
export type Cost = (
	usage: Pick<Completion, 'promptTokens' | 'completionTokens'>,
	text: string,
	totalMs: number
) => number | null;

const written = (event: AnswerEvent) => `data: ${JSON.stringify(event)}\n\n`;

const broken = (problem: unknown) => {
	if (problem instanceof ProviderError) return { code: 'conflict', message: problem.message };
	if (problem instanceof AppError) return { code: problem.code, message: problem.message };
	const { code, message } = log.bug(problem, { operation: Chat.name });
	return { code, message };
};

/** The eye sees no more of them in a second; a write to a socket costs more than twenty words. */
const frameMs = 16;

/**
 * What was said and not read yet: the writer never waits, since an answer is short, and whoever reads gets it in order. The first word
 * leaves at once; what comes within a frame of a piece leaves together, and words that follow each other as one.
 */
class Pieces {
	#waiting: AnswerEvent[] = [];
	#isOver = false;
	#readAt = -frameMs;
	#wake = () => {};

	say(kind: 'text' | 'thinking', words: string) {
		const last = this.#waiting.at(-1) as Partial<Record<typeof kind, string>> | undefined;
		if (last?.[kind] === undefined) this.#add({ [kind]: words } as AnswerEvent);
		else last[kind] += words;
	}

	end(event: AnswerEvent) {
		this.#isOver = true;
		this.#add(event);
	}

	#add(event: AnswerEvent) {
		this.#waiting.push(event);
		this.#wake();
	}

	/** What was said since the last time, or undefined when there is no more. */
	async next(): Promise<string | undefined> {
		while (this.#waiting.length === 0 && !this.#isOver) await new Promise<void>((more) => (this.#wake = more));
		if (!this.#isOver) await this.#frame();
		return this.#waiting.length > 0 ? this.#waiting.splice(0).map(written).join('') : undefined;
	}

	async #frame() {
		const restMs = this.#readAt + frameMs - performance.now();
		await (restMs > 0 ? wait(restMs) : nextTurn());
		this.#readAt = performance.now();
	}
}

/**
 * One answer: `write` asks for it and ends when it has ended, `read` gives what the model says as it says it. Whoever stops reading
 * ends the question, also before the first word; either way `read` is over when `over` is. `cents`: what it has come to.
 */
export const answerOf = (
	{ access, model }: { access: Access; model: string },
	request: Omit<ChatRequest, 'model'>,
	costOf: Cost
) => {
	const stop = new AbortController();
	const pieces = new Pieces();
	const parter = new ThoughtParter();
	const beganAt = performance.now();
	const sinceBegin = () => Math.round(performance.now() - beganAt);
	let firstTokenMs: number | null = null;
	let text = '';
	let usage: Pick<Completion, 'promptTokens' | 'completionTokens'> | null = null;

	const cents = () => (text === '' && !usage ? 0 : costOf(usage ?? noUsage, text, performance.now() - beganAt));
	const take = (piece: string) => {
		firstTokenMs ??= sinceBegin();
		text += piece;
		for (const part of parter.take(piece)) pieces.say(part.kind, part.text);
	};
	const think = (thought: string) => {
		firstTokenMs ??= sinceBegin();
		text += thought;
		pieces.say('thinking', thought);
	};
	const write = async () => {
		try {
			const asked = { ...access, signal: stop.signal };
			const { finishReason, ...counted } = await providers[access.provider].chat(
				asked,
				{ model, ...request },
				take,
				think
			);
			usage = { promptTokens: counted.promptTokens, completionTokens: counted.completionTokens };
			for (const part of parter.end()) pieces.say(part.kind, part.text);
			const costCents = cents();
			pieces.end({
				done: true,
				finishReason,
				...usage,
				firstTokenMs,
				totalMs: sinceBegin(),
				costMicros: costCents === null ? null : Math.round(costCents * 10_000)
			});
		} catch (problem) {
			pieces.end({ error: broken(problem) });
		}
	};
	// no generator: one that waits for a piece hears only then that nobody wants it
	const read = (over: Promise<void>): AsyncIterableIterator<string> => {
		const ended = async () => {
			await over;
			return { value: undefined, done: true as const };
		};
		const iterator = {
			next: async () => {
				const value = await pieces.next();
				return value === undefined ? ended() : { value, done: false as const };
			},
			return: () => {
				stop.abort();
				return ended();
			},
			[Symbol.asyncIterator]: () => iterator
		};
		return iterator;
	};
	return { cents, write, read };
};

const noUsage = { promptTokens: null, completionTokens: null };
