import { inProject, scopeFor } from '../../src/lib/server/access/scope.ts';
import { startQueue, stopQueue } from '../../src/lib/server/jobs/queue.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { startRun } from '../../src/lib/server/runs/commands.ts';
import { compareRuns } from '../../src/lib/server/runs/compare.ts';
import { prepareRun } from '../../src/lib/server/runs/prepare.ts';
import { settleRun } from '../../src/lib/server/runs/settle.ts';
import { drive, newRun } from '../support/data/training.ts';
import type { Step, Told } from './memory.ts';

// Spawned by memory.ts with a small heap: does what the product does for one training, and tells how much memory each step took at most.
const [teamId, userId, slug] = process.argv.slice(2) as [string, string, string];
const never = new AbortController().signal;
const mb = (bytes: number) => bytes / 2 ** 20;

const steps: Step[] = [];
const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
	const startedAt = performance.now();
	const most = { heapMb: 0, rssMb: 0 };
	const look = () => {
		const { heapUsed, rss } = process.memoryUsage();
		most.heapMb = Math.max(most.heapMb, mb(heapUsed));
		most.rssMb = Math.max(most.rssMb, mb(rss));
	};
	const looking = setInterval(look, 20);
	try {
		return await work();
	} finally {
		clearInterval(looking);
		look();
		steps.push({ name, ...most, seconds: (performance.now() - startedAt) / 1000 });
	}
};

await startQueue();
const scope = await inProject(scopeFor({ teamId, userId, role: 'owner', projectIds: 'all' }), slug);
const first = await step('a training is ordered', async () => {
	const { id } = await startRun(scope, newRun());
	await drive(scope, id, ({ jobId, status }) => jobId !== null || status === 'failed');
	return id;
});
const done = await step('it is followed to its end', async () => {
	const run = await drive(scope, first);
	await settleRun(scope, first, never);
	return run;
});
const second = await step('the next one is prepared', async () => {
	const { id } = await startRun(scope, newRun());
	await prepareRun(scope, id, never);
	return id;
});
const { data } = await step('both are compared', () => compareRuns(scope, { a: first, b: second }));
await stopQueue();
await closePools();
process.send!({ steps, status: done.status, lines: done.trainCount, both: data.train.both } satisfies Told);
process.disconnect();
