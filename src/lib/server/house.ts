import { closePools, plainPool } from './db/pools.ts';
import { assertServingRole } from './db/roles.ts';
import { config } from './config.ts';
import { closeStreams } from './http/stream.ts';
import { stopQueue } from './jobs/queue.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './log.ts';
import { startPlatform } from './platform.ts';
import { configureProviders } from './providers/index.ts';
import { stopHub } from './realtime/hub.ts';

type House = { open?: Promise<void>; stopping: boolean; jobs?: Promise<void> };

// Vite runs this module again after an edit; the house is opened once per process.
const house = ((globalThis as { aitelierHouse?: House }).aitelierHouse ??= { stopping: false });

export const isStopping = () => house.stopping;

/** Opens what this process serves with: database, role check, worker. Throws a ConfigError with everything missing. */
export const startHouse = () =>
	(house.open ??= (async () => {
		if (Number(process.versions.node.split('.')[0]) < 24) {
			throw new Error(`aitelier needs Node 24; this is ${process.version}. Start it with npm, which brings its own.`);
		}
		await startPlatform();
		const { role, allowLocalProviders } = config();
		configureProviders({ allowLocal: allowLocalProviders });
		await assertServingRole(plainPool());
		if (role !== 'web') await startWorker();
		// before the adapter's own listeners: one open stream would hold the stop for its whole timeout
		process.once('SIGTERM', beginStop);
		process.once('SIGINT', beginStop);
		process.once('sveltekit:shutdown' as 'exit', () => void closeHouse().finally(() => process.exit(0)));
		log.info('open', { role });
	})());

/** Whoever asked us to stop insists after this long (reliability.md OP1 allows 10 s). */
const patienceMs = 9_000;

const handJobsBack = () => stopQueue(6_000).catch((problem) => log.warn('stop', { problem: String(problem) }));

/** Requests may still be on their way in; the adapter waits for them and then says `sveltekit:shutdown`. */
const beginStop = () => {
	if (house.stopping) return;
	house.stopping = true;
	closeStreams();
	// a stream that comes now, over a connection that was already open, would hold the stop just the same
	setInterval(closeStreams, 200).unref();
	house.jobs = handJobsBack();
	setTimeout(() => {
		log.warn('cut short', { afterMs: patienceMs });
		process.exit(0);
	}, patienceMs).unref();
};

/** Lets running jobs end or hands them back, then closes every connection. */
export const closeHouse = async () => {
	beginStop();
	await house.jobs;
	await handJobsBack(); // of a request that enqueued after the signal
	await stopHub();
	await closePools(1);
};
