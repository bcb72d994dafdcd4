import { setTimeout as wait } from 'node:timers/promises';
import { ProviderError } from './errors.ts';
import type { Access } from './provider.ts';
import { translate } from './translate.ts';

/** Where a request goes: the name in sentences, and whether its words may be quoted to people. */
export type Place = { name: string; quote: boolean };
export type Options = { signal: AbortSignal; maxRetries: 0; timeout: number };

// Both SDKs add these to every request and have no setting against it: headers of our own environment would go out with
// every team's key, to addresses that anybody may have entered.
for (const name of ['OPENAI_CUSTOM_HEADERS', 'TOGETHER_CUSTOM_HEADERS']) delete process.env[name];

const askTimeoutMs = 30_000;
const actTimeoutMs = 60_000;
const longestWaitMs = 5_000; // a longer Retry-After is the queue's business
const attempts = 3;

/** Options for one call of either SDK: their own retries are off, and a deadline covers body and stream too. */
export function optionsFor(access: Access, timeoutMs: number): Options {
	const deadline = AbortSignal.timeout(timeoutMs);
	return {
		signal: access.signal ? AbortSignal.any([deadline, access.signal]) : deadline,
		maxRetries: 0,
		timeout: timeoutMs
	};
}

/**
 * How a large body is sent. Whatever might be sent again, to another address or for another window, `fetch` keeps a copy of: the whole file, in
 * memory. So a server that sends us to another address is an error here (translate.ts).
 */
export const sentOnce = { redirect: 'error', window: null } as const satisfies RequestInit;

/** The options for a stream that somebody may end besides: of its signals the first one counts, the deadline among them. */
export const endedBy = (options: Options, signal: AbortSignal): Options => ({
	...options,
	signal: AbortSignal.any([options.signal, signal])
});

/** Somebody ended it; a deadline that ran out is no decision. */
const isStopped = ({ signal }: Access) =>
	signal?.aborted === true && (signal.reason as Error | undefined)?.name !== 'TimeoutError';

/** Asks for something. A busy or broken provider is asked again, twice, after a short wait. */
export async function ask<T>(
	access: Access,
	place: Place,
	work: (options: Options) => Promise<T>,
	timeoutMs = askTimeoutMs
): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		const options = optionsFor(access, timeoutMs);
		try {
			return await work(options);
		} catch (problem) {
			const known = translate(problem, place.name, { quote: place.quote, stopped: isStopped(access) });
			if (!(known instanceof ProviderError) || !known.retry || attempt === attempts || options.signal.aborted)
				throw known;
			const waitMs = known.retryAfterMs ?? 300 * 2 ** attempt * (0.5 + Math.random() / 2);
			if (waitMs > longestWaitMs) throw known;
			await wait(waitMs, undefined, access.signal ? { signal: access.signal } : {}).catch(() => {
				throw known;
			});
		}
	}
}

/** Does something that must not happen twice: one request, whatever comes of it. */
export async function act<T>(
	access: Access,
	place: Place,
	work: (options: Options) => Promise<T>,
	timeoutMs = actTimeoutMs
): Promise<T> {
	try {
		return await work(optionsFor(access, timeoutMs));
	} catch (problem) {
		throw translate(problem, place.name, { creating: true, quote: place.quote, stopped: isStopped(access) });
	}
}

/** `null` instead of an error that says the thing does not exist. */
export async function orNull<T>(work: Promise<T>): Promise<T | null> {
	try {
		return await work;
	} catch (problem) {
		if (problem instanceof ProviderError && problem.kind === 'not_found') return null;
		throw problem;
	}
}

let entered: typeof fetch | undefined;

/** Said once at the start: what reaches an address that a person entered. The server guards it (configure.ts), a person's own machine need not. */
export const reachEnteredBy = (reach: typeof fetch): void => {
	entered = reach;
};

/** The fetch for an address that a person entered. */
export const fetchForEntered = (): typeof fetch => {
	if (!entered) throw new Error('Nobody has said how entered addresses are reached');
	return entered;
};
