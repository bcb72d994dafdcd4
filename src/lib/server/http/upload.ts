import { type RequestEvent, json } from '@sveltejs/kit';
import { AppError } from '../../core/errors.ts';
import { takePlace } from '../access/places.ts';
import { log } from '../platform/log.ts';
import { arriving } from './arriving.ts';
import { refusal } from './endpoint.ts';
import { whileMoving } from './patience.ts';
import { whileWelcome } from './recheck.ts';

type Upload = { name: string; pieces: AsyncIterable<Uint8Array> };

/** Of one team, in all processes together. */
const atOnce = 4;
/** When to come again, if all of them are busy. */
const retryAfterSeconds = 30;
/** A body of which nothing comes for so long is given up. */
const stallMs = 60_000;

const allBusy = () =>
	new AppError(
		'rate_limited',
		`Your team is importing ${atOnce} files already. Wait until one of them is in, and send this one again.`,
		'file'
	);

const refused = (event: RequestEvent, problem: unknown): Response =>
	refusal(
		event,
		problem instanceof AppError ? problem : log.bug(problem, { request: event.locals.requestId, route: event.route.id })
	);

/**
 * A handler for a file that is the whole body, read as it arrives and never held: no form data. The header `x-file-name`
 * names it, percent-encoded. Answers JSON; every refusal has the one shape of `endpoint`. A team has four at once; the fifth
 * hears when to come again.
 */
export const upload =
	<E extends RequestEvent>(
		work: (event: E, file: Upload) => Promise<unknown>,
		{
			stallMs: stall = stallMs,
			status = 200,
			refuse = refused
		}: { stallMs?: number; status?: number | undefined; refuse?: typeof refused } = {}
	) =>
	async (event: E): Promise<Response> => {
		const { body, headers } = event.request;
		const name = nameFrom(headers.get('x-file-name'));
		const file = body && arriving(body, stall);
		try {
			const place = await takePlace(`upload:${event.locals.scope.teamId}`, atOnce);
			if (!place) throw allBusy();
			try {
				const pieces = file ? whileWelcome(event, file.pieces) : nothing();
				return json(await whileMoving(event, () => work(event, { name, pieces })), { status });
			} finally {
				await place.leave();
			}
		} catch (problem) {
			const answer = refuse(event, problem);
			if (answer.status === 429) answer.headers.set('retry-after', String(retryAfterSeconds));
			if (file?.isStuck()) answer.headers.set('connection', 'close');
			return answer;
		} finally {
			void file?.letGo();
		}
	};

async function* nothing(): AsyncGenerator<Uint8Array> {}

const nameFrom = (header: string | null) => {
	try {
		return (
			decodeURIComponent(header ?? '')
				.replace(/[\u0000-\u001f\u007f]+/g, ' ')
				.trim() || 'file'
		);
	} catch {
		return 'file';
	}
};
