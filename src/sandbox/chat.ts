import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, answerTo } from './answer.ts';
import { tokensOf } from './catalogue.ts';
import { newId } from './files.ts';
import type { Job } from './timeline.ts';
import { type Call, type Handler, type Reply, jsonOf, record, seconds } from './wire.ts';

const firstPieceMs = 150;
const pieceMs = 16;

const usageOf = (answer: Answer) => {
	const completion = tokensOf(answer.pieces.join(''));
	return {
		prompt_tokens: answer.promptTokens,
		completion_tokens: completion,
		total_tokens: answer.promptTokens + completion
	};
};

/** `POST /chat/completions`, whole or as a stream of events, at the pace of a model of this size. */
export function chat(wire: Job['wire']): Handler {
	return async (call: Call): Promise<Reply> => {
		const sent = jsonOf(call);
		const answer = await answerTo(call, wire, sent);
		const about = { id: newId('chatcmpl'), created: seconds(call.sandbox.now()), model: sent.model };
		if (sent.stream === true) {
			const events = eventsOf(call, wire, answer, about, record(sent.stream_options).include_usage === true);
			const cutAfter = answer.cutsStreams ? 1 + Math.floor(answer.pieces.length / 2) : undefined;
			return { stream: { events, ...(cutAfter ? { cutAfter } : {}) } };
		}
		await wait((firstPieceMs + (answer.pieces.length * pieceMs) / 4) / call.sandbox.speed);
		const message = { role: 'assistant', content: answer.pieces.join('') };
		return {
			json: {
				...about,
				object: 'chat.completion',
				choices: [{ index: 0, message, finish_reason: answer.finish }],
				usage: usageOf(answer)
			},
			cut: answer.cutsStreams
		};
	};
}

async function* eventsOf(
	call: Call,
	wire: Job['wire'],
	answer: Answer,
	about: object,
	withUsage: boolean
): AsyncGenerator<string> {
	const chunk = (choices: unknown[], more: object = {}) =>
		`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
	const choice = (delta: object, finish_reason: string | null = null) => ({ index: 0, delta, finish_reason });

	await wait(firstPieceMs / call.sandbox.speed);
	yield chunk([choice({ role: 'assistant', content: '' })]);
	for (const piece of answer.pieces) {
		yield chunk([choice({ content: piece })]);
		await wait(pieceMs / call.sandbox.speed);
	}
	// Together tells the usage with the last words, OpenAI in a chunk of its own and only when asked.
	const usage = { usage: usageOf(answer) };
	yield chunk([choice({}, answer.finish)], wire === 'together' ? usage : {});
	if (wire === 'openai' && withUsage) yield chunk([], usage);
	yield 'data: [DONE]\n\n';
}
