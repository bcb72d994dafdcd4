import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../exit-codes.ts';
import type { Io } from '../terminal/io.ts';
import type { Server } from './logins.ts';

/** What the server has refused, in its own words. */
export class Refused extends Failure {
	readonly code: string;
	readonly status: number;
	constructor({ code, message, status }: { code: string; message: string; status: number }, mend?: string) {
		super(message, mend);
		this.code = code;
		this.status = status;
	}
}

export type Asked = {
	method: string;
	/** With what stands behind `?`. */
	path: string;
	body?: BodyInit;
	headers?: Record<string, string>;
};

const mends: Record<string, (origin: string) => string> = {
	unauthenticated: (origin) => `ait login --server ${origin}`,
	too_slow: () => 'the same command again',
	unavailable: () => 'the same command in a minute'
};

const again = 'the same command again: it goes on where it was';
const inAMinute = { says: 'does not answer at the moment', mend: mends.unavailable!('') };
/** What a server of the net, or a proxy before it, says in a number alone. */
const unspoken: Record<number, { says: string; mend: string }> = {
	408: { says: 'waits no longer for what is sent: it came too slowly, or the server had too much to do', mend: again },
	413: {
		says: 'lets nothing of this size through',
		mend: 'ask whoever runs it to let 1 GB through the proxy before it'
	},
	502: inAMinute,
	503: inAMinute,
	504: inAMinute
};

/** The server's own sentence is for whoever writes the request. */
const unauthenticated = {
	AITELIER_API_KEY: (origin: string) => ({
		says: `The key in AITELIER_API_KEY does not open ${origin}.`,
		mend: 'another key there; or unset AITELIER_API_KEY, which goes before your login'
	}),
	login: (origin: string) => ({
		says: `Your login at ${origin} is not accepted any more.`,
		mend: `ait login --server ${origin}`
	})
};

type Asking = Pick<Server, 'origin' | 'by'> & { token?: string };

const refusalOf = async (answer: Response, { origin, by }: Asking): Promise<Refused> => {
	const text = await answer.text();
	let told: { code?: string; message?: string } = {};
	try {
		told = (JSON.parse(text) as { error?: typeof told }).error ?? {};
	} catch {
		// a proxy before it, or something else altogether
	}
	const { status } = answer;
	const { says = 'does not answer as aitelier does', mend } = unspoken[status] ?? {};
	const { code = 'unknown', message = `${origin} ${says} (${status}).` } = told;
	if (code === 'unauthenticated' && by) {
		const ours = unauthenticated[by](origin);
		return new Refused({ code, message: ours.says, status }, ours.mend);
	}
	return new Refused({ code, message, status }, told.code === undefined ? mend : mends[code]?.(origin));
};

/** What became of the connection, in a sentence. Stopped by the person, it comes back as it is. */
export const lost = (problem: unknown, origin: string): unknown => {
	const { name, cause } = problem as { name?: string; cause?: { code?: string } };
	if (name === 'AbortError' || problem instanceof Failure) return problem;
	const nobody = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];
	return nobody.includes(cause?.code ?? '')
		? new Failure(`${origin} cannot be reached.`, 'the same command when the network is back')
		: new Failure(`The connection to ${origin} broke off.`, again);
};

/** Whether a bucket of requests is empty: then it is waited for, as the server says. */
const secondsToWait = ({ status, headers }: Response): number | null =>
	status === 429 ? Number(headers.get('retry-after') ?? 5) : null;

/**
 * One request. Throws *refused* in the words of the server, and a failure where nobody answers. What is too many at once is waited
 * for and asked again, unless its body can only be read once.
 */
export const ask = async (
	server: Asking,
	{ method, path, body, headers = {} }: Asked,
	io: Pick<Io, 'signal'>
): Promise<Response> => {
	const { origin, token } = server;
	const isOnce = typeof body === 'object';
	for (;;) {
		let answer: Response;
		try {
			answer = await fetch(origin + path, {
				method,
				signal: io.signal,
				headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
				...(body !== undefined && { body }),
				...(isOnce && { duplex: 'half' })
			} as RequestInit);
			if (answer.ok) return answer;
			const seconds = isOnce ? null : secondsToWait(answer);
			if (seconds === null) throw await refusalOf(answer, server);
			await answer.body?.cancel();
			await sleep(seconds * 1000, undefined, { signal: io.signal });
		} catch (problem) {
			throw lost(problem, origin);
		}
	}
};
