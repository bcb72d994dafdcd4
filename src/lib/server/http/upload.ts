import { type RequestEvent, json } from '@sveltejs/kit';
import { AppError } from '../../core/errors.ts';
import { log } from '../platform/log.ts';
import { refusal } from './endpoint.ts';
import { whileWelcome } from './recheck.ts';

type Upload = { name: string; pieces: AsyncIterable<Uint8Array> };

/**
 * A handler for a file that is the whole body, read as it arrives and never held: no form data. The header `x-file-name`
 * names it, percent-encoded. Answers JSON; every refusal has the one shape of `endpoint`.
 */
export const upload =
	<E extends RequestEvent>(work: (event: E, file: Upload) => Promise<unknown>) =>
	async (event: E): Promise<Response> => {
		try {
			const { body, headers } = event.request;
			const name = nameFrom(headers.get('x-file-name'));
			return json(await work(event, { name, pieces: body ? whileWelcome(event, arriving(body)) : nothing() }));
		} catch (problem) {
			if (problem instanceof AppError) return refusal(event, problem);
			return refusal(event, log.bug(problem, { request: event.locals.requestId, route: event.route.id }));
		}
	};

/** A connection that ends in the middle is nobody's bug, and what was imported until then stays. */
async function* arriving(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
	const reader = body.getReader();
	try {
		while (true) {
			const { value, done } = await reader.read().catch(brokenOff);
			if (done) return;
			yield value;
		}
	} finally {
		await reader.cancel().catch(() => {});
	}
}

const brokenOff = (): never => {
	throw new AppError(
		'invalid',
		'The upload broke off, so only a part of the file is in. Import it again, and the rest is added.',
		'file'
	);
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
