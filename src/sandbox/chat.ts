import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, answerTo } from './answer.ts';
import { tokensOf } from './catalogue.ts';
import { newId } from './files.ts';
import type { Job } from './timeline.ts';
import { number, record, seconds } from './values.ts';
import { type Call, type Handler, Refusal, type Reply, jsonOf } from './wire.ts';

const firstPieceMs = 150;
const pieceMs = 16;

const usageOf = (answer: Answer) => {
	const completion = tokensOf([...answer.thoughts, ...answer.pieces].join(''));
	return {
		prompt_tokens: answer.promptTokens,
		completion_tokens: completion,
		total_tokens: answer.promptTokens + completion
	};
};

/** How many answers are wanted. */
function choicesOf(sent: Record<string, unknown>): number {
	const n = number(sent.n) ?? 1;
	if (!Number.isInteger(n) || n < 1 || n > 8) throw new Refusal(400, 'n has to be from 1 to 8.', { param: 'n' });
	return n;
}

const thoughtIn = ({ thoughts, isApart }: Answer) =>
	thoughts.length > 0 && !isApart ? ['<think>\n', ...thoughts, '\n</think>\n\n'] : [];

const messageOf = (answer: Answer) => ({
	role: 'assistant',
	content: [...thoughtIn(answer), ...answer.pieces].join(''),
	...(answer.isApart && answer.thoughts.length > 0 ? { reasoning: answer.thoughts.join('') } : {})
});

const deltasOf = (answer: Answer): object[] => [
	...(answer.isApart ? answer.thoughts.map((reasoning) => ({ reasoning })) : []),
	...[...thoughtIn(answer), ...answer.pieces].map((content) => ({ content }))
];

/** `POST /chat/completions`, whole or as a stream of events, at the pace of a model of this size. */
export function chat(wire: Job['wire']): Handler {
	return async (call: Call): Promise<Reply> => {
		const sent = jsonOf(call);
		const answer = await answerTo(call, wire, sent);
		const others = await Promise.all(Array.from({ length: choicesOf(sent) - 1 }, () => answerTo(call, wire, sent)));
		const about = { id: newId('chatcmpl'), created: seconds(call.sandbox.now()), model: sent.model };
		if (sent.stream === true) {
			const events = eventsOf(
				call,
				wire,
				[answer, ...others],
				about,
				record(sent.stream_options).include_usage === true
			);
			const cutAfter = answer.cutsStreams ? 1 + Math.floor(answer.pieces.length / 2) : undefined;
			return { stream: { events, ...(cutAfter ? { cutAfter } : {}) } };
		}
		await wait((firstPieceMs + (answer.pieces.length * pieceMs) / 4) / call.sandbox.speed);
		return {
			json: {
				...about,
				object: 'chat.completion',
				choices: [answer, ...others].map((each, index) => ({
					index,
					message: messageOf(each),
					finish_reason: each.finish
				})),
				usage: usageOf(answer)
			},
			cut: answer.cutsStreams
		};
	};
}

async function* eventsOf(
	call: Call,
	wire: Job['wire'],
	answers: readonly Answer[],
	about: object,
	withUsage: boolean
): AsyncGenerator<string> {
	const chunk = (choices: unknown[], more: object = {}) =>
		`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`;

	await wait(firstPieceMs / call.sandbox.speed);
	// Together tells the usage with the last words, OpenAI in a chunk of its own and only when asked.
	const usage = { usage: usageOf(answers[0]!) };
	for (const [index, answer] of answers.entries()) {
		const choice = (delta: object, finish_reason: string | null = null) => ({ index, delta, finish_reason });
		yield chunk([choice({ role: 'assistant', content: '' })]);
		for (const delta of deltasOf(answer)) {
			yield chunk([choice(delta)]);
			await wait(pieceMs / call.sandbox.speed);
		}
		const isLast = index === answers.length - 1;
		yield chunk([choice({}, answer.finish)], wire === 'together' && isLast ? usage : {});
	}
	if (wire === 'openai' && withUsage) yield chunk([], usage);
	yield 'data: [DONE]\n\n';
}
