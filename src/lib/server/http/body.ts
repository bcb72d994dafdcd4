import { AppError } from '../../core/errors.ts';

/**
 * The same request, whose body has to be here within so many milliseconds of now; whoever reads it after that gets *too slow*.
 * What is asked for is decided with the rights of the moment it came in, so that nobody may hold a request open for long.
 */
export const arrivingWithin = (request: Request, ms: number): Request => {
	if (request.body === null) return request;
	const source = request.body.getReader();
	let timer: NodeJS.Timeout | undefined;
	const body = new ReadableStream<Uint8Array>(
		{
			start(controller) {
				const tooSlow = () => new AppError('too_slow', 'What you sent took too long to arrive. Send it again.');
				// the source is not cancelled: that would cut the connection before it has its answer
				timer = setTimeout(() => controller.error(tooSlow()), ms).unref();
			},
			async pull(controller) {
				try {
					const { done, value } = await source.read();
					if (done) {
						clearTimeout(timer);
						controller.close();
					} else controller.enqueue(value);
				} catch (problem) {
					clearTimeout(timer);
					controller.error(problem);
				}
			},
			cancel(reason) {
				clearTimeout(timer);
				return source.cancel(reason);
			}
		},
		// nothing is read before somebody asks: a refused visitor's body stays where it is
		{ highWaterMark: 0 }
	);
	return new Request(request, { body, duplex: 'half' } as RequestInit);
};
