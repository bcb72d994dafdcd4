import { startQueue } from '../../src/lib/server/jobs/queue.ts';

// Spawned by p13-recovery.ts: takes jobs of the queue `bench-kill`, says so, and never ends them unless told to.
const boss = await startQueue({ working: true });
await boss.work('bench-kill', { pollingIntervalSeconds: 0.5 }, async ([job]) => {
	process.send!({ began: (job!.data as { n: number }).n });
	if (process.env.BENCH_HANGS === 'yes') await new Promise(() => {});
});
process.send!({ ready: true });
