import { startQueue, stopQueue } from '../../src/lib/server/jobs/queue.ts';
import { polling } from '../../src/lib/server/jobs/queues.ts';

// Spawned by p13-recovery.ts: takes jobs of the queue `bench-kill`, says so, and never ends them unless told to.
const boss = await startQueue();
await boss.work('bench-kill', polling, async ([job]) => {
	process.send!({ began: (job!.data as { n: number }).n });
	if (process.env.BENCH_HANGS === 'yes') await new Promise(() => {});
});
process.send!({ ready: true });
// Ends its jobs first: one left half done would be begun again, by the worker that is to be killed next.
process.once('SIGTERM', () => void stopQueue().finally(() => process.exit(0)));
