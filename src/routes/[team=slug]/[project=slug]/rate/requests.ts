import { fromThisTab } from '$lib/client/live/tab';
import type { NewRewrite, QueueRequest } from '$lib/contract/ratings';
import type { Card } from '$lib/contract/ratings';

/**
 * What came of a request: the answer, or a sentence. `isOffline`: it did not arrive, so it may be tried again. `isChanged`: somebody
 * was there first.
 */
export type Answer<T> =
	| { ok: true; answer: T }
	| { ok: false; problem: string; isOffline: boolean; isChanged: boolean };

const ask = async <T>(url: string, method: 'GET' | 'POST', body?: object): Promise<Answer<T>> => {
	const headers = { 'content-type': 'application/json', accept: 'application/json', ...fromThisTab };
	const response = await fetch(url, { method, headers, body: body && JSON.stringify(body) }).catch(() => null);
	const answer = await response?.json().catch(() => null);
	if (response?.ok) return { ok: true, answer };
	const problem = answer?.error?.message ?? answer?.message ?? 'There is no connection. Try again in a moment.';
	return { ok: false, problem, isOffline: response === null, isChanged: response?.status === 412 };
};

/** The questions of the rating page to its server, below the page's own path. Ratings, and rewrites that are taken back, go through the outbox. */
export const requestsOf = (base: string) => ({
	cards: (request: QueueRequest) => ask<{ cards: Card[]; left: number }>(`${base}/cards`, 'POST', request),
	card: (id: string) => ask<Card>(`${base}/cards?id=${id}`, 'GET'),
	rewrite: (input: NewRewrite) => ask<Card>(`${base}/rewrites`, 'POST', input)
});
export type Requests = ReturnType<typeof requestsOf>;
