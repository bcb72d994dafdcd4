import { AppError } from '../../core/errors.ts';
import { hasArrived } from '../../core/webhooks/rules.ts';
import { config } from '../platform/config.ts';
import { type Guard, guardedFetch } from '../providers/safe-fetch.ts';
import { retryAfterOf } from '../providers/translate.ts';

/** What came of sending something once. */
export type Posted = {
	status: number | null;
	ms: number;
	/** Why it does not count as arrived, in a sentence. */
	problem: string | null;
	/** The beginning of the answer, as text. */
	answer: string;
	retryAfterMs: number | undefined;
};

const timeoutMs = 15_000;
const mostBytes = 1024;

/**
 * The beginning of what anybody's server may have answered: no more is read. Signs that steer a terminal, turn text around or that
 * Postgres refuses are shown as �.
 */
const beginningOf = async (response: Response): Promise<string> => {
	const reader = response.body?.getReader();
	const pieces: Uint8Array[] = [];
	let size = 0;
	while (reader && size < mostBytes) {
		const { done, value } = await reader.read();
		if (done) break;
		pieces.push(value);
		size += value.byteLength;
	}
	await reader?.cancel().catch(() => {});
	return Buffer.concat(pieces)
		.subarray(0, mostBytes)
		.toString('utf8')
		.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
};

const problemOf = (status: number): string | null => {
	if (hasArrived(status)) return null;
	if (status >= 300 && status < 400)
		return `It answered ${status} and sends us to another address, which we do not follow. Enter the final address.`;
	if (status === 410) return 'It answered 410: the address is gone.';
	if (status === 429) return 'It answered 429: too many requests.';
	return `It answered ${status}. Only an answer from 200 to 299 says that it has arrived.`;
};

const words: Record<string, string> = {
	ECONNREFUSED: 'The server does not take connections.',
	ENOTFOUND: 'There is no server of this name.',
	EAI_AGAIN: 'The name of the server could not be looked up.',
	CERT_HAS_EXPIRED: 'The certificate of the server has expired.',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'The certificate of the server is signed by nobody we know.',
	ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate of the server is for another name.'
};

const unreached = (problem: unknown): string => {
	let code: unknown;
	for (let each = problem; each instanceof Error; each = each.cause) {
		if (each instanceof AppError) return each.message;
		if (each.name === 'TimeoutError') return `There was no answer within ${timeoutMs / 1000} seconds.`;
		code ??= (each as { code?: unknown }).code;
	}
	return words[String(code)] ?? `The connection failed${typeof code === 'string' ? ` (${code})` : ''}.`;
};

let outside: typeof fetch | undefined;

/** The fetch of this process for webhooks: its addresses are checked at every connection, and redirects come back as they are. */
const fetchOutside = () => (outside ??= guardedFetch({ allowLocal: config().allowLocalProviders, field: 'url' }));

/**
 * Sends something once and waits at most 15 s for the answer. Whatever the server does is an outcome; throws only when `signal` has
 * ended it.
 */
export const post = async (
	url: string,
	headers: Record<string, string>,
	body: string,
	{ signal, guard }: { signal: AbortSignal; guard?: Guard }
): Promise<Posted> => {
	const began = performance.now();
	const took = () => Math.round(performance.now() - began);
	const send = guard ? guardedFetch(guard) : fetchOutside();
	try {
		const response = await send(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'user-agent': 'aitelier-webhooks/1', ...headers },
			body,
			signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
		});
		const { status } = response;
		const retryAfterMs = retryAfterOf(response.headers, Date.now());
		// an answer whose text breaks off has been given all the same
		const answer = await beginningOf(response).catch(() => '');
		return { status, ms: took(), problem: problemOf(status), answer, retryAfterMs };
	} catch (problem) {
		if (signal.aborted) throw problem;
		return { status: null, ms: took(), problem: unreached(problem), answer: '', retryAfterMs: undefined };
	}
};
