import { type RequestEvent, json } from '@sveltejs/kit';
import * as v from 'valibot';
import type { Command } from '../../../contract/operation.ts';
import { AppError } from '../../../core/errors.ts';
import { type Answered, claimRequest } from '../../access/once.ts';
import type { Scope } from '../../access/scope.ts';
import { sha256 } from '../../platform/crypto.ts';
import { log } from '../../platform/log.ts';
import { refusalBody } from './answer.ts';
import { config } from '../../platform/config.ts';

type Work<S extends Scope> = {
	event: RequestEvent;
	scope: S;
	operation: Command;
	input: unknown;
	bodyOf: (output: unknown) => unknown;
	status: number;
	run: (scope: S) => Promise<unknown>;
};

/** The name that a sender gives to what it asks, so that it may ask again. Throws *invalid*. */
const nameOf = ({ headers }: Request): string | null => {
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

/**
 * Carries a command out, once for each `Idempotency-Key` of its key within a day: whoever asks again gets the first answer, and
 * nothing happens. What was wrong with a request, or not possible at the time, is not kept: it may be asked again.
 */
export const carryOutOnce = async <S extends Scope>({
	event,
	scope,
	operation,
	input,
	bodyOf,
	status,
	run
}: Work<S>) => {
	const name = nameOf(event.request);
	if (name === null) return json(bodyOf(await run(scope)), { status });
	const { method } = event.request;
	const claim = await claimRequest(scope, name, sha256(JSON.stringify([method, event.url.pathname, input])));
	if (claim.outcome === 'other')
		throw new AppError(
			'invalid',
			'This Idempotency-Key was used for another request. Give each request its own.',
			'Idempotency-Key'
		);
	if (claim.outcome === 'running' || claim.outcome === 'lost') throw new AppError('conflict', refusals[claim.outcome]);
	if (claim.outcome === 'answered')
		return new Response(claim.answer, {
			status: claim.status,
			headers: { 'content-type': 'application/json', 'idempotent-replayed': 'true' }
		});
	const { named } = claim;
	const said = (output: unknown): Answered => ({ status, answer: JSON.stringify(bodyOf(output)) });
	const isOutput = (result: unknown) => v.is(operation.output, result);
	let answered: Answered;
	try {
		const output = await run(named.scope(scope, (result) => (isOutput(result) ? said(result) : null)));
		answered = said(output);
	} catch (problem) {
		if (problem instanceof AppError) {
			await named.leave();
			throw problem;
		}
		const bug = log.bug(problem, { request: event.locals.requestId, route: event.route.id });
		const body = refusalBody(bug, { origin: config().origin, requestId: event.locals.requestId });
		answered = { status: bug.status, answer: JSON.stringify(body) };
	}
	await named.settle(answered);
	return new Response(answered.answer, {
		status: answered.status,
		headers: { 'content-type': 'application/json' }
	});
};
