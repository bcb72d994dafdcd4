export type ProviderProblem = 'key' | 'balance' | 'closed' | 'not_found' | 'refused' | 'busy' | 'down' | 'cut';

/** What went wrong at a provider, in a sentence for the person; the raw words stay in `detail`. */
export class ProviderError extends Error {
	readonly kind: ProviderProblem;
	/** Worth trying again later: busy, down. A `busy` one says after how long. */
	readonly retry: boolean;
	readonly retryAfterMs: number | undefined;
	/** The request was sent but no answer came: it may have happened. */
	readonly lost: boolean;
	readonly detail: string | undefined;
	/** It is a valid key, only not the one for this: the connection is not marked for it. */
	readonly keyIsGood: boolean;

	constructor(
		kind: ProviderProblem,
		message: string,
		more: { retryAfterMs?: number; lost?: boolean; detail?: string; keyIsGood?: boolean } = {}
	) {
		super(message);
		this.name = 'ProviderError';
		this.kind = kind;
		this.retry = kind === 'busy' || kind === 'down' || kind === 'cut';
		this.retryAfterMs = more.retryAfterMs;
		this.lost = more.lost ?? false;
		this.detail = more.detail;
		this.keyIsGood = more.keyIsGood ?? false;
	}
}
