import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { PgBoss } from 'pg-boss';
import { queues } from '../../src/lib/server/jobs/queues.ts';
import { type Measure, quantile } from './measure.ts';

const kills = 8;

const worker = async (hangs: boolean) => {
	const child = fork(fileURLToPath(new URL('./p13-worker.ts', import.meta.url)), {
		env: { ...process.env, BENCH_HANGS: hangs ? 'yes' : 'no' }
	});
	await heard(child, (message) => message.ready === true);
	return child;
};
const heard = (child: ChildProcess, fits: (message: { ready?: boolean; began?: number }) => boolean) =>
	new Promise<void>((done) => {
		const listen = (message: object) => {
			if (!fits(message)) return;
			child.off('message', listen);
			done();
		};
		child.on('message', listen);
	});

/** P13: a worker is killed with -9 in the middle of a job; how long until another has begun it again, and how often. */
export const run = async (): Promise<Measure[]> => {
	const boss = new PgBoss({ connectionString: process.env.DATABASE_URL!, supervise: false, schedule: false, max: 1 });
	await boss.start();
	await boss.createQueue('bench-kill', queues['run.follow']!);
	const waits: number[] = [];
	for (let n = 0; n < kills; n++) {
		const first = await worker(true);
		await Promise.all([
			heard(first, (message) => message.began === n),
			boss.send('bench-kill', { n }, { singletonKey: String(n) })
		]);
		const second = await worker(false);
		const again = heard(second, (message) => message.began === n);
		first.kill('SIGKILL');
		const killedAt = performance.now();
		await again;
		waits.push((performance.now() - killedAt) / 1000);
		second.kill('SIGTERM');
		await once(second, 'exit');
	}
	await boss.stop({ graceful: false });
	return [
		{
			id: 'P13',
			what: `recovery after kill -9, p95 of ${kills}`,
			unit: 's',
			values: [quantile(waits, 0.95)],
			judged: 'value',
			target: 15,
			moonshot: 11,
			better: 'lower',
			note: `p50 ${quantile(waits, 0.5).toFixed(1)} s; the heartbeat alone is 10 s`
		}
	];
};
