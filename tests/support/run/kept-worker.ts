import { ForksPoolWorker, type PoolWorker } from 'vitest/node';

type Options = ConstructorParameters<typeof ForksPoolWorker>[0];
type Message = Parameters<PoolWorker['send']>[0];
type Listener = Parameters<PoolWorker['on']>[1];

/**
 * Processes that outlive a run of tests: to start one and to load the packages takes longer than most tests. What is ours is
 * evaluated anew for each test file (vitest's `isolate`), and `fresh.ts` lets go of what it keeps in globals. The code is not
 * read again, so a mutant of the source needs processes of its own.
 */
export class KeptWorkers {
	/** Whether the processes that end now may serve again. */
	keeping = true;
	private readonly idle: ForksPoolWorker[] = [];
	/** Counts the calls of `end`: what was busy at that time is not kept either. */
	private ended = 0;

	/** What vitest takes as its pool. */
	readonly pool = { name: 'kept', createPoolWorker: (options: Options) => this.worker(options) };

	/** Ends the processes that there are, the busy ones with their work: the next file begins in a new one. */
	async end() {
		this.ended++;
		await Promise.all(this.idle.splice(0).map((worker) => worker.stop()));
	}

	private worker(options: Options): PoolWorker {
		const waiting = this.keeping ? this.idle.pop() : undefined;
		const worker = waiting ?? new ForksPoolWorker(options);
		const { ended } = this;
		let isGone = false;
		const listeners: [string, Listener][] = [['exit', () => (isGone = true)]];
		const answer = (type: 'started' | 'stopped') => {
			for (const [event, listener] of listeners)
				if (event === 'message') setImmediate(listener, { __vitest_worker_response__: true, type });
		};
		return {
			name: 'kept',
			cacheFs: true,
			start: async () => {
				if (!waiting) await worker.start();
				worker.on(...listeners[0]!);
			},
			on: (event, listener) => {
				listeners.push([event, listener]);
				worker.on(event, listener);
			},
			off: (event, listener) => worker.off(event, listener),
			send: (message: Message) => {
				if (message.type === 'stop') answer('stopped');
				else if (message.type === 'start' && waiting) answer('started');
				else worker.send(message);
			},
			stop: async () => {
				for (const [event, listener] of listeners) worker.off(event, listener);
				if (this.keeping && this.ended === ended && !isGone) this.idle.push(worker);
				else await worker.stop();
			},
			deserialize: (data) => data
		};
	}
}
