import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '../../../core/errors.ts';
import { type Answered, claimRequest } from '../../access/once.ts';
import type { Scope } from '../../access/scope.ts';
import { config } from '../../platform/config.ts';
import { sha256 } from '../../platform/crypto.ts';
import { log } from '../../platform/log.ts';
import { refusalBody } from './answer.ts';
import type { SentFile } from './sent-file.ts';

/** The name that a sender gives to what it asks, so that it may ask again. Throws *invalid*. */
export const requestName = ({ headers }: Request): string | null => {
	const name = headers.get('idempotency-key');
	if (name === null) return null;
	if (!/^[\x21-\x7e]{1,255}$/.test(name))
		throw new AppError('invalid', 'An Idempotency-Key has 1 to 255 visible signs of ASCII.', 'Idempotency-Key');
	return name;
};

const refusals = {
	running: 'A request with this Idempotency-Key is being carried out. Ask again in a moment for what came of it.',
	lost: 'This was carried out, but its answer was lost with the process that did it. Look at what is there before you go on.'
} as const;

/** What is being carried out may take a second or, for a file, hours. */
const secondsBetweenLooks = 5;

const usedForAnother = () =>
	new AppError(
		'invalid',
		'This Idempotency-Key was used for another request. Give each request its own.',
		'Idempotency-Key'
	);

const answerAs = (mediaType: string, { status, answer }: Answered, more: Record<string, string> = {}) =>
	new Response(answer, { status, headers: { 'content-type': status < 400 ? mediaType : 'application/json', ...more } });

/** A scope whose transactions say of themselves that they have acted, and what will be answered where that is known already. */
type Witnessed = <S extends Scope>(scope: S, answerOf: (result: unknown) => Answered | null) => S;

const bugAnswer = (event: RequestEvent, problem: unknown): Answered => {
	const bug = log.bug(problem, { request: event.locals.requestId, route: event.route.id });
	const body = refusalBody(bug, { origin: config().origin, requestId: event.locals.requestId });
	return { status: bug.status, answer: JSON.stringify(body) };
};

/**
 * Lets `work` carry a request out, once for each `Idempotency-Key` of its key within a day: whoever asks again gets the first
 * answer, and nothing happens. What was wrong with a request, or not possible at the time, is not kept: it may be asked again.
 * `said` is what was asked, besides method and address; `file`, where a file is all of it; `mediaType` that of the answer. With a name, an answer that comes piece by piece is
 * sent when it is whole. `headers` are those of a refusal.
 */
export const once = async (
	event: RequestEvent,
	scope: Scope,
	{ said, mediaType, file, headers }: { said: unknown; mediaType: string; file?: SentFile; headers: Headers },
	work: (witnessed: Witnessed) => Promise<Response>
): Promise<Response> => {
	const name = requestName(event.request);
	if (name === null) return work((acting) => acting);
	const { method } = event.request;
	const claim = await claimRequest(scope, name, sha256(JSON.stringify([method, event.url.pathname, said])));
	if (claim.outcome === 'other') throw usedForAnother();
	if (claim.outcome === 'running') headers.set('retry-after', String(secondsBetweenLooks));
	if (claim.outcome === 'running' || claim.outcome === 'lost') throw new AppError('conflict', refusals[claim.outcome]);
	if (claim.outcome === 'answered' && file && claim.fileHash && !claim.fileHash.equals(await file.hashOfAll()))
		throw usedForAnother();
	if (claim.outcome === 'answered') return answerAs(mediaType, claim, { 'idempotent-replayed': 'true' });
	const { named } = claim;
	let answered: Answered;
	try {
		const response = await work(named.scope);
		answered = { status: response.status, answer: await response.text() };
	} catch (problem) {
		if (problem instanceof AppError) {
			await named.leave();
			throw problem;
		}
		answered = bugAnswer(event, problem);
	}
	const isRefusal = answered.status >= 400 && answered.status < 500;
	await (isRefusal ? named.leave() : named.settle({ ...answered, fileHash: file?.hash() ?? null }));
	return answerAs(mediaType, answered);
};
