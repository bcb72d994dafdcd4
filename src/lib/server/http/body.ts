import { AppError } from '../../core/errors.ts';

/** What reads all of a body. */
const readings = ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text'] as const;

/** `reading`, or *too slow* when it is not there by then, on the clock of `performance.now`. What still comes after that is not cut off: the connection has to bear an answer. */
const by = async <T>(deadline: number, reading: Promise<T>): Promise<T> => {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, refuse) => {
		const tooSlow = () => refuse(new AppError('too_slow', 'What you sent took too long to arrive. Send it again.'));
		timer = setTimeout(tooSlow, deadline - performance.now()).unref();
	});
	return Promise.race([reading, late]).finally(() => clearTimeout(timer));
};

/** Piece by piece. Nothing is read or held before somebody asks: a refused visitor's body stays where it is, and who only looks whether there is one may read it whole. */
const piecesBy = (deadline: number, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> => {
	let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	const source = () => (reader ??= body.getReader());
	return new ReadableStream<Uint8Array>(
		{
			async pull(controller) {
				const { done, value } = await by(deadline, source().read());
				if (done) controller.close();
				else controller.enqueue(value);
			},
			cancel: (reason) => source().cancel(reason)
		},
		{ highWaterMark: 0 }
	);
};

/**
 * The same request, whose body has to be here within so many milliseconds of now; whoever reads it after that gets *too slow*.
 * What is asked for is decided with the rights of the moment it came in, so that nobody may hold a request open for long. It stays the request it
 * is: a second one, with a body of its own around the first, takes longer than to read most bodies.
 */
export const arrivingWithin = (request: Request, ms: number): Request => {
	const { body } = request;
	if (body === null) return request;
	const deadline = performance.now() + ms;
	for (const name of readings)
		Object.defineProperty(request, name, {
			value: () => by(deadline, Request.prototype[name].call(request) as Promise<unknown>)
		});
	let pieces: ReadableStream<Uint8Array> | undefined;
	return Object.defineProperty(request, 'body', { get: () => (pieces ??= piecesBy(deadline, body)) });
};
