type Stream = { close(): void };

// Kept over Vite's reloads: a stream that is open must be closed by whoever stops the process.
const streams = ((globalThis as { aitelierStreams?: Set<Stream> }).aitelierStreams ??= new Set<Stream>());

/**
 * A server-sent event stream. `subscribe` gets a sender and a way to end the stream, and resolves to its own clean-up; the
 * stream runs until the browser leaves, or somebody ends it. A comment every 15 s keeps proxies from cutting it.
 */
export const eventStream = (
	subscribe: (send: (event: { id: string; data: string }) => void, close: () => void) => Promise<() => void>
): Response => {
	const encoder = new TextEncoder();
	let end = () => {};
	const body = new ReadableStream<Uint8Array>({
		async start(controller) {
			let over = false;
			const send = (text: string) => {
				if (!over) controller.enqueue(encoder.encode(text));
			};
			send('retry: 2000\n\n');
			const heartbeat = setInterval(() => send(': still here\n\n'), 15_000);
			let unsubscribe = () => {};
			end = () => {
				over = true;
				streams.delete(stream);
				clearInterval(heartbeat);
				unsubscribe();
			};
			const stream: Stream = {
				close: () => {
					if (over) return;
					// the server is going: come back soon, not all in the same moment
					send(`retry: ${500 + Math.floor(Math.random() * 1500)}\n\n`);
					end();
					controller.close();
				}
			};
			streams.add(stream);
			try {
				const stop = await subscribe(
					({ id, data }) => send(`id: ${id}\ndata: ${data}\n\n`),
					() => stream.close()
				);
				if (over) stop();
				else unsubscribe = stop;
			} catch (problem) {
				if (!over) {
					end();
					controller.error(problem);
				}
			}
		},
		cancel: () => end()
	});
	return new Response(body, {
		headers: {
			'content-type': 'text/event-stream; charset=utf-8',
			'cache-control': 'no-cache, no-transform',
			'x-accel-buffering': 'no'
		}
	});
};

/** Ends every open stream: one of them would hold the server's stop for its whole timeout. */
export const closeStreams = () => {
	for (const stream of [...streams]) stream.close();
};
