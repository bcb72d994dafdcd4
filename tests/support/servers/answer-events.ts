import type { AnswerEvent } from '../../../src/lib/contract/servings.ts';

/** What an answer says as it comes, to its end: a piece may hold several of its events. */
export const answerEvents = async (pieces: AsyncIterable<string | Uint8Array>): Promise<AnswerEvent[]> => {
	const events: AnswerEvent[] = [];
	for await (const piece of pieces)
		for (const line of String(piece).trimEnd().split('\n\n'))
			events.push(JSON.parse(line.replace(/^data: /, '')) as AnswerEvent);
	return events;
};
