import { closePools, plainPool } from './platform/db/pools.ts';
import { assertLogin } from './platform/db/roles.ts';
import { config } from './platform/config.ts';
import { patientlyServing } from './http/patience.ts';
import { closeStreams } from './http/stream.ts';
import { stopQueue } from './jobs/queue.ts';
import { startWorker } from './jobs/worker.ts';
import { log } from './platform/log.ts';
import { startPlatform } from './platform/start.ts';
import { configureProviders } from './providers/configure.ts';
import { stopHub } from './events/hub.ts';

type Lifecycle = { open?: Promise<void>; stopping: boolean; jobs?: Promise<void> };

// Vite runs this module again after an edit; the server is started once per process.
const lifecycle = ((globalThis as { aitelierLifecycle?: Lifecycle }).aitelierLifecycle ??= { stopping: false });

export const isStopping = () => lifecycle.stopping;

/** Opens what this process serves with: database, role check, worker. Throws a ConfigError with everything missing. */
export const startServer = () =>
	(lifecycle.open ??= (async () => {
		if (Number(process.versions.node.split('.')[0]) < 24) {
			throw new Error(`aitelier needs Node 24; this is ${process.version}. Start it with npm, which brings its own.`);
		}
		patientlyServing();
		await startPlatform();
		const { role, allowLocalProviders } = config();
		configureProviders({ allowLocal: allowLocalProviders });
		await assertLogin(plainPool(), 'app');
		if (role !== 'web') await startWorker();
		// before the adapter's own listeners: one open stream would hold the stop for its whole timeout
		process.once('SIGTERM', beginStop);
		process.once('SIGINT', beginStop);
		process.once('sveltekit:shutdown' as 'exit', () => void stopServer().finally(() => process.exit(0)));
		log.info('open', { role });
	})());

/** Whoever asked us to stop kills after 10 s, so we are done a little earlier. */
const patienceMs = 9_000;

const handJobsBack = () => stopQueue(6_000).catch((problem) => log.warn('stop', { problem: String(problem) }));

/** Requests may still be on their way in; the adapter waits for them and then says `sveltekit:shutdown`. */
const beginStop = () => {
	if (lifecycle.stopping) return;
	lifecycle.stopping = true;
	closeStreams();
	// a stream that comes now, over a connection that was already open, would hold the stop just the same
	setInterval(closeStreams, 200).unref();
	lifecycle.jobs = handJobsBack();
	setTimeout(() => {
		log.warn('cut short', { afterMs: patienceMs });
		process.exit(0);
	}, patienceMs).unref();
};

/** Lets running jobs end or hands them back, then closes every connection. */
const stopServer = async () => {
	beginStop();
	await lifecycle.jobs;
	stopHub();
	await closePools(1);
};

/** Whether this process can serve: it is not stopping, and the database answers within two seconds. */
export const isReady = async (patienceMs = 2_000): Promise<boolean> => {
	if (lifecycle.stopping) return false;
	let timer: NodeJS.Timeout | undefined;
	const tooLate = new Promise<false>((done) => (timer = setTimeout(() => done(false), patienceMs)));
	const answer = plainPool()`select 1`.then(
		() => true,
		() => false
	);
	return Promise.race([answer, tooLate]).finally(() => clearTimeout(timer));
};
