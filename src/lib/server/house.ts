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

type House = { open?: Promise<void>; stopping: boolean };

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
		process.once('SIGTERM', stopStreams);
		process.once('SIGINT', stopStreams);
		process.once('sveltekit:shutdown' as 'exit', () => void closeHouse().finally(() => process.exit(0)));
		log.info('open', { role });
	})());

const stopStreams = () => {
	house.stopping = true;
	closeStreams();
};

/** Lets running jobs end or hands them back, then closes every connection. At most about 10 s. */
export const closeHouse = async () => {
	stopStreams();
	await stopQueue().catch((problem) => log.warn('stop', { problem: String(problem) }));
	await stopHub();
	await closePools();
};
