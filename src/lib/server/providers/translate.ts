import { AppError } from '../../core/errors.ts';
import { ProviderError } from './errors.ts';

export type Circumstances = {
	/** The request creates something: without an answer, it may have happened. */
	creating?: boolean;
	/** The provider's own words may be shown to people. Not those of a server that anybody can name (SS4 in README.md). */
	quote?: boolean;
	/** The caller ended it. */
	stopped?: boolean;
};

/** Failures after which nothing can have arrived. */
const neverSent = new Set([
	'ECONNREFUSED',
	'ENOTFOUND',
	'EAI_AGAIN',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'UND_ERR_CONNECT_TIMEOUT',
	'CERT_HAS_EXPIRED',
	'DEPTH_ZERO_SELF_SIGNED_CERT',
	'SELF_SIGNED_CERT_IN_CHAIN',
	'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
	'ERR_TLS_CERT_ALTNAME_INVALID'
]);

/** The problem and what caused it, outermost first. */
function causesOf(problem: unknown): Error[] {
	const chain: Error[] = [];
	for (let each = problem; each instanceof Error && chain.length < 8; each = each.cause) chain.push(each);
	return chain;
}

/** How long to wait, from `retry-after-ms` or `Retry-After` in seconds or as a date. */
export function retryAfterOf(headers: Headers | undefined, nowMs: number): number | undefined {
	const ms = Number(headers?.get('retry-after-ms') ?? NaN);
	if (Number.isFinite(ms)) return Math.max(0, ms);
	const text = headers?.get('retry-after');
	if (!text) return undefined;
	const until = Number.isFinite(Number(text)) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
	return Number.isFinite(until) ? Math.max(0, until) : undefined;
}

/** What the provider itself says, out of any of the shapes seen: nested, flat, `detail`, or plain text. */
function wordsOf(problem: Error): string | undefined {
	const body = (problem as { error?: unknown }).error as Record<string, unknown> | undefined;
	const nested = body?.error as Record<string, unknown> | string | undefined;
	const words = (typeof nested === 'object' ? nested?.message : nested) ?? body?.message ?? body?.detail;
	return typeof words === 'string' && words.trim() ? words.trim().slice(0, 500) : undefined;
}

/** A limit of a day is nothing to ask about every few seconds. */
const limitOfDayMs = 15 * 60_000;

/** A name in the middle of a sentence: a server that has none is “the server” there. */
const within = (name: string) => name.replace(/^The /, 'the ');

const sentence = (words: string) => (/[.!?]$/.test(words) ? words : `${words}.`);

const elsewhere = (name: string, detail: string) =>
	new ProviderError(
		'refused',
		`${name} sends us to another address, which we do not follow. Enter the final address.`,
		{
			detail
		}
	);

/**
 * Turns whatever an SDK throws into a `ProviderError` with a plain sentence. An `AppError` (a refused address) and
 * bugs of ours come back as they are.
 */
export function translate(problem: unknown, name: string, circumstances: Circumstances = {}): Error {
	const { creating = false, quote = true, stopped = false } = circumstances;
	const causes = causesOf(problem);
	const ours = causes.find((each) => each instanceof ProviderError || each instanceof AppError);
	if (ours) return ours;
	if (!(problem instanceof Error)) return new Error(String(problem));

	const status = (problem as { status?: unknown }).status;
	if (typeof status === 'number') return byStatus(problem, status, name, { creating, quote });

	const detail = causes.map((each) => each.message).join(': ');
	if (stopped)
		return new ProviderError('cut', `The request to ${within(name)} was stopped.`, { lost: creating, detail });
	if (/abort|timeout/i.test(`${problem.name} ${problem.constructor.name}`)) {
		return new ProviderError('down', `${name} did not answer in time. Try again in a few minutes.`, {
			lost: creating,
			detail
		});
	}
	// what is sent only once follows no address, and hears of none
	if (causes.some((each) => each.message === 'unexpected redirect')) return elsewhere(name, detail);
	const codes = causes.flatMap((each) => (each as { code?: unknown }).code ?? []);
	// `bad port`: fetch refuses some ports before it connects.
	if (codes.some((code) => neverSent.has(String(code))) || /bad port/.test(detail)) {
		return new ProviderError('down', `${name} can not be reached. Try again in a few minutes.`, { detail });
	}
	const isConnection =
		/APIConnectionError/.test(problem.constructor.name) || codes.length > 0 || /terminated|fetch failed/.test(detail);
	if (isConnection) {
		return new ProviderError('cut', `The connection to ${within(name)} was cut. Try again.`, {
			lost: creating,
			detail
		});
	}
	if ('error' in problem)
		return new ProviderError('down', `${name} broke off its answer. Try again.`, { lost: creating, detail });
	if (problem instanceof SyntaxError) {
		return new ProviderError('down', `${name} answered in a way that can not be read. Try again.`, {
			lost: creating,
			detail
		});
	}
	return problem;
}

function byStatus(
	problem: Error,
	status: number,
	name: string,
	{ creating, quote }: { creating: boolean; quote: boolean }
): Error {
	const body = JSON.stringify((problem as { error?: unknown }).error ?? '');
	const words = wordsOf(problem);
	const said = quote && words ? ` ${sentence(words)}` : '';
	const make = (kind: ProviderError['kind'], text: string, more: { retryAfterMs?: number; lost?: boolean } = {}) =>
		new ProviderError(kind, text, { ...more, detail: `${status} ${words ?? problem.message}` });

	if (body.includes('training_not_available')) {
		return make('closed', `${name} does not offer training to this account. Its models can still be used.`);
	}
	if (status === 402 || /insufficient_(balance|quota)/.test(body)) {
		return make('balance', `The balance at ${within(name)} is too low. Top it up there, then try again.`);
	}
	if (status === 401)
		return make('key', `${name} does not accept this key. Enter a valid key in the connection's settings.`);
	if (status === 403) return make('key', `${name} does not allow this with this key.${said}`);
	if (status === 404 || status === 410) return make('not_found', `${name} does not know this.${said}`);
	if (status === 429) {
		const retryAfterMs = retryAfterOf((problem as { headers?: Headers }).headers, Date.now());
		if (/\b(per[ _-]day|daily)/i.test(`${words} ${body}`)) {
			const text = `${name} takes no more of this today.${said} It is tried again by itself every 15 minutes.`;
			return make('busy', text, { retryAfterMs: Math.max(retryAfterMs ?? 0, limitOfDayMs) });
		}
		return make(
			'busy',
			`${name} asks for a pause, because there were too many requests.${said}`,
			retryAfterMs === undefined ? {} : { retryAfterMs }
		);
	}
	if (status === 408 || status >= 500) {
		return make('down', `${name} has a problem of its own at the moment. Try again in a few minutes.`, {
			lost: creating
		});
	}
	if (status >= 300 && status < 400) return elsewhere(name, `${status} ${words ?? problem.message}`);
	return make('refused', said ? `${name} refused this:${said}` : `${name} refused this request.`);
}
