import { PgBoss } from 'pg-boss';
import { startQueue } from '../../src/lib/server/jobs/queue.ts';
import { polling, queues } from '../../src/lib/server/jobs/queues.ts';
import { type Measure, quantile } from './measure.ts';

const jobs = 300;

/** P12: from sending a job to the first line of its handler, with the settings the app uses. */
export const run = async (): Promise<Measure[]> => {
	const ownerBoss = new PgBoss({
		connectionString: process.env.DATABASE_URL!,
		supervise: false,
		schedule: false,
		max: 1
	});
	await ownerBoss.start();
	await ownerBoss.createQueue('bench', { ...queues['run.follow'], policy: 'standard' });
	await ownerBoss.stop({ graceful: false });

	const boss = await startQueue();
	const started = new Map<number, (at: number) => void>();
	await boss.work('bench', { ...polling, localConcurrency: 4 }, async ([job]) => {
		started.get((job!.data as { n: number }).n)?.(performance.now());
	});
	const waits: number[] = [];
	for (let n = 0; n < jobs; n++) {
		const begun = new Promise<number>((done) => started.set(n, done));
		const sentAt = performance.now();
		await boss.send('bench', { n });
		waits.push((await begun) - sentAt);
		await new Promise((next) => setTimeout(next, 15));
	}
	return [
		{
			id: 'P12',
			what: `dispatch of a job, p95 of ${jobs}`,
			unit: 'ms',
			values: [quantile(waits, 0.95)],
			judged: 'value',
			target: 20,
			moonshot: 6,
			better: 'lower',
			note: `p50 ${quantile(waits, 0.5).toFixed(1)} ms`
		}
	];
};
