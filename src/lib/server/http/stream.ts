type Stream = { close(): void; beat(): void; turn: number };
type Sender = (event: { id: string; data: string }) => void;
type Subscribe = (send: Sender, close: () => void) => Promise<() => void>;

type Open = { all: Set<Stream>; opened: number; seconds: number; heart?: NodeJS.Timeout };
// Kept over Vite's reloads: a stream that is open must be closed by whoever stops the process.
const open = ((globalThis as { aitelierStreams?: Open }).aitelierStreams ??= {
	all: new Set<Stream>(),
	opened: 0,
	seconds: 0
});

const beatSeconds = 15;

/**
 * A timer for all of them, which lets a fifteenth of them speak every second. One of its own would keep what the request of a stream had, as
 * timers do: a third of a stream's memory.
 */
const beginToBeat = () => {
	open.heart ??= setInterval(() => {
		open.seconds++;
		for (const stream of open.all) if (stream.turn === open.seconds % beatSeconds) stream.beat();
	}, 1_000).unref();
};

/**
 * A server-sent event stream. `subscribe` gets a sender and a way to end the stream, and resolves to its own clean-up, which is kept as
 * long as the stream; the stream runs until the browser leaves, or somebody ends it. A comment every 15 s keeps proxies from cutting it.
 */
export const eventStream = (subscribe: Subscribe): Response => {
	const encoder = new TextEncoder();
	let end = () => {};
	// let go once it has begun: it knows the whole request
	let begin: Subscribe | undefined = subscribe;
	const body = new ReadableStream<Uint8Array>({
		async start(controller) {
			let over = false;
			const send = (text: string) => {
				if (!over) controller.enqueue(encoder.encode(text));
			};
			send('retry: 2000\n\n');
			let unsubscribe = () => {};
			end = () => {
				over = true;
				open.all.delete(stream);
				unsubscribe();
			};
			const stream: Stream = {
				turn: open.opened++ % beatSeconds,
				beat: () => send(': still here\n\n'),
				close: () => {
					if (over) return;
					// the server is going: come back soon, not all in the same moment
					send(`retry: ${500 + Math.floor(Math.random() * 1500)}\n\n`);
					end();
					controller.close();
				}
			};
			open.all.add(stream);
			beginToBeat();
			try {
				const begun = begin!(
					({ id, data }) => send(`id: ${id}\ndata: ${data}\n\n`),
					() => stream.close()
				);
				begin = undefined;
				const stop = await begun;
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
	for (const stream of [...open.all]) stream.close();
};
