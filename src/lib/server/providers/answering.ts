import { setTimeout as sleep } from 'node:timers/promises';
import type { Completion } from './provider.ts';
import { ProviderError } from './errors.ts';

/** How long to wait for a provider that is busy or down. In milliseconds. */
export type Patience = { firstWaitMs: number; longestWaitMs: number; giveUpAfterMs: number };

/** Ten minutes outlast a rate limit and most outages; then a person decides. */
export const usualPatience: Patience = { firstWaitMs: 500, longestWaitMs: 60_000, giveUpAfterMs: 10 * 60_000 };

/** So many questions are open at once: enough to be quick, few enough for the smallest rate limit. */
export const mostAtOnce = 4;
/** A stream that is cut so often is kept as it is, and shown as incomplete. */
const mostCuts = 3;

/** One wait for all: when the provider tells one of them to slow down, none of them asks. */
const sharedPause = (patience: Patience) => {
	let failures = 0;
	let until = 0;
	let lastAnswer = performance.now();
	return {
		async over(signal: AbortSignal) {
			for (let left = until - performance.now(); left > 0; left = until - performance.now()) {
				await sleep(left, undefined, { signal });
			}
			signal.throwIfAborted();
		},
		after(problem: ProviderError) {
			if (performance.now() - lastAnswer > patience.giveUpAfterMs) throw problem;
			// four refusals of one moment are one failure
			if (performance.now() >= until) failures++;
			const wait = problem.retryAfterMs ?? patience.firstWaitMs * 2 ** Math.min(failures - 1, 10);
			until = Math.max(until, performance.now() + Math.min(wait, patience.longestWaitMs));
		},
		answered() {
			failures = 0;
			lastAnswer = performance.now();
		}
	};
};

export type Answer<Said extends Completion = Completion> = Said & { latencyMs: number };

/**
 * Asks for every item, some at a time, and hands each answer on as it comes. Busy and broken providers are waited for; a
 * cut answer is asked for again, the third is kept. The first failure that waiting cannot mend stops all and is thrown;
 * so does the end of `signal`, and then nothing half-written is kept.
 */
export const answerAll = async <Item, Said extends Completion>(
	items: readonly Item[],
	ask: (item: Item, signal: AbortSignal) => Promise<Said>,
	keep: (item: Item, answer: Answer<Said>) => Promise<void>,
	{ signal, patience, atOnce = mostAtOnce }: { signal: AbortSignal; patience: Patience; atOnce?: number }
): Promise<void> => {
	const own = new AbortController();
	const stop = AbortSignal.any([signal, own.signal]);
	const pause = sharedPause(patience);

	const answer = async (item: Item): Promise<Answer<Said>> => {
		for (let cuts = 0; ;) {
			await pause.over(stop);
			const startedAt = performance.now();
			try {
				const completion = await ask(item, stop);
				// An aborted stream ends as quietly as a finished one: what came is a part.
				stop.throwIfAborted();
				pause.answered();
				if (completion.finishReason !== null || ++cuts === mostCuts) {
					return { ...completion, latencyMs: Math.round(performance.now() - startedAt) };
				}
			} catch (problem) {
				stop.throwIfAborted();
				if (!(problem instanceof ProviderError) || !problem.retry) throw problem;
				pause.after(problem);
			}
		}
	};

	const waiting = items.values();
	const work = async () => {
		for (const item of waiting) await keep(item, await answer(item));
	};
	const workers = Array.from({ length: Math.min(atOnce, items.length) }, () =>
		work().catch((problem) => {
			own.abort(problem);
			throw problem;
		})
	);
	// All of them must have ended before anybody looks at what is missing; the first failure is the reason.
	await Promise.allSettled(workers);
	signal.throwIfAborted();
	if (own.signal.aborted) throw own.signal.reason;
};
