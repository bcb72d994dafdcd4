import { setImmediate as nextTurn } from 'node:timers/promises';
import { logBug } from './log.ts';
import { pairsOf } from './dataset.ts';
import { type Knowledge, type Pair, knowledgeOf } from './learning/knowledge.ts';
import { type Lessons, teach } from './learning/lessons.ts';
import type { Account, Store } from './store.ts';
import type { Job } from './timeline.ts';

const mostPairs = 1_000; // enough to answer from; a job may well train on more
const mostInMemory = 8;

type Saved = Lessons & { pairs: Pair[] };
export type Learned = Lessons & { knowledge: Knowledge };

export type Training = {
	/** Begins the learning of a job, or goes on with it after a restart; one job at a time, in the background. */
	begin(account: Account, job: Job): void;
	/** What a job learnt, or `null` while it still learns. */
	learned(account: Account, job: Job): Promise<Learned | null>;
	/** Ends the learning; it begins anew the next time somebody asks. */
	stop(): Promise<void>;
};

/** The learners of this sandbox. Learning is real work, done in slices so that requests are answered meanwhile. */
export function openTraining(store: Store, now: () => number): Training {
	const underway = new Map<string, Promise<void>>();
	const memory = new Map<string, Learned>();
	let line: Promise<void> = Promise.resolve();
	let stopped = false;
	let sliceMs = performance.now();

	const pause = async () => {
		if (stopped) throw new Error('stopped');
		if (performance.now() - sliceMs < 10) return;
		await nextTurn();
		sliceMs = performance.now();
	};

	async function learn(account: Account, job: Job) {
		const beganMs = now();
		const read = async (id: string | null) => {
			const file = id === null ? undefined : account.files[id];
			const body = file && (await store.get(account, 'files', file.id));
			return body ? pairsOf(body, file.lines, mostPairs) : [];
		};
		const pairs = await read(job.trainingFile);
		sliceMs = performance.now();
		const lessons = await teach(pairs, await read(job.validationFile), job, pause);
		await store.put(account, 'models', job.id, Buffer.from(JSON.stringify({ ...lessons, pairs } satisfies Saved)));
		// Only the learning itself delays the job, not the time for which the sandbox was switched off.
		const lateMs = Math.max(0, now() - job.createdAtMs - job.stageMs.pending - job.stageMs.queued);
		job.waitedMs = Math.min(lateMs, Math.max(0, now() - beganMs));
		store.save(account);
	}

	return {
		begin(account, job) {
			if (stopped || job.refusal || job.waitedMs !== null || underway.has(job.id)) return;
			line = line
				.then(() => learn(account, job))
				.catch((problem: unknown) => {
					if (!stopped) logBug(problem, job.id);
				});
			underway.set(
				job.id,
				line.finally(() => underway.delete(job.id))
			);
		},

		async learned(account, job) {
			const known = memory.get(job.id);
			if (known) return known;
			const body = job.waitedMs === null ? null : await store.get(account, 'models', job.id);
			if (!body) return null;
			const { pairs, ...lessons } = JSON.parse(body.toString('utf8')) as Saved;
			const learned = { ...lessons, knowledge: knowledgeOf(pairs) };
			memory.set(job.id, learned);
			if (memory.size > mostInMemory) memory.delete(memory.keys().next().value!);
			return learned;
		},

		async stop() {
			stopped = true;
			await Promise.all(underway.values());
		}
	};
}
