import type { AnswerEvent, Chat } from '$lib/contract/servings.ts';
import type { InferInput } from 'valibot';

export type Question = InferInput<typeof Chat.input>;

/** What went wrong before anything came. `signedOut`: nothing will come before somebody has signed in again. */
export class Refused extends Error {}

const unanswered = 'The server did not answer. Your question is still here: ask again in a moment.';

const refusalOf = async (answer: Response): Promise<Refused> => {
	if (answer.status === 401) return new Refused('You are signed out. Sign in in another window, and ask again.');
	const body: unknown = await answer.json().catch(() => null);
	const { error } = (body ?? {}) as { error?: { message?: string } };
	return new Refused(error?.message ?? unanswered);
};

/** The events in a stream, each as soon as its last byte is there. */
async function* eventsIn(body: ReadableStream<Uint8Array>): AsyncGenerator<AnswerEvent> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let waiting = '';
	for (;;) {
		const { value, done } = await reader.read();
		if (done) return;
		waiting += decoder.decode(value, { stream: true });
		const events = waiting.split('\n\n');
		waiting = events.pop()!;
		for (const event of events) yield JSON.parse(event.slice('data: '.length)) as AnswerEvent;
	}
}

/** Asks, and hands on what comes. Throws *Refused* with a sentence, and what `signal` was ended with. */
export const ask = async (
	address: string,
	question: Question,
	signal: AbortSignal,
	on: (event: AnswerEvent) => void
): Promise<void> => {
	const answer = await fetch(address, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json' },
		body: JSON.stringify(question),
		signal
	}).catch((problem: unknown) => {
		signal.throwIfAborted();
		throw problem instanceof TypeError ? new Refused(unanswered) : problem;
	});
	if (!answer.ok || !answer.body) throw await refusalOf(answer);
	for await (const event of eventsIn(answer.body)) on(event);
};
