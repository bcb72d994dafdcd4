import { expect, test } from 'vitest';
import { modelOf } from '../../src/sandbox/catalogue.ts';
import { jobLog } from '../../src/sandbox/job-log.ts';
import { type Job, stageTimes, standingOf } from '../../src/sandbox/timeline.ts';

const job = (model: string, more: Partial<Job> = {}): Job => {
	const base = modelOf(model)!;
	return {
		id: 'ft-1',
		wire: 'together',
		model,
		trait: base.trait,
		sent: {},
		trainingFile: 'file-1',
		validationFile: null,
		suffix: null,
		metadata: {},
		epochs: 3,
		batch: 4,
		steps: 30,
		evals: 0,
		learningRate: 1e-5,
		warmupRatio: 0,
		seed: 1,
		trainTokens: 4_000,
		validationTokens: 0,
		dollars: 1,
		createdAtMs: 1_000_000,
		stageMs: stageTimes(base, 12_000, 1),
		waitedMs: 0,
		cancelledAtMs: null,
		refusal: null,
		successor: null,
		...more
	};
};

/** The words a job goes through, looked at every 50 ms. */
const words = (each: Job, forMs = 200_000) => {
	const seen: string[] = [];
	for (let ms = 0; ms < forMs; ms += 50) {
		const { word } = standingOf(each, each.createdAtMs + ms);
		if (seen.at(-1) !== word) seen.push(word);
	}
	return seen;
};
const lasts = (each: Job) => {
	let ms = 0;
	while (standingOf(each, each.createdAtMs + ms).endedAtMs === null) ms += 50;
	return ms / 1000;
};

test('a small job goes through every stage in about twelve seconds', () => {
	const small = job('sandbox-small');
	expect(words(small)).toEqual(['pending', 'queued', 'running', 'compressing', 'uploading', 'completed']);
	expect(lasts(small)).toBeGreaterThan(11);
	expect(lasts(small)).toBeLessThan(13);
	expect(lasts(job('sandbox-slow'))).toBeGreaterThan(110);
	expect(lasts(job('sandbox-small', { stageMs: stageTimes(modelOf('sandbox-small')!, 12_000, 20) }))).toBeLessThan(0.7);
});

test('the models that misbehave do so in their places', () => {
	expect(words(job('sandbox-dies-at-60'))).toEqual(['pending', 'queued', 'running', 'error']);
	expect(words(job('sandbox-odd-status'))).toContain('defragmenting');
	expect(words(job('sandbox-odd-status')).at(-1)).toBe('completed');
	expect(words(job('sandbox-small', { refusal: 'No.' }))).toEqual(['pending', 'error']);
	expect(words(job('sandbox-restarts', { successor: 'ft-2' })).at(-1)).toBe('error');
});

test('a job waits for what is really being learnt', () => {
	expect(words(job('sandbox-small', { waitedMs: null }))).toEqual(['pending', 'queued']);
	expect(lasts(job('sandbox-small', { waitedMs: 5_000 }))).toBeGreaterThan(16);
});

test('a cancellation takes a moment, keeps the share that was done, and comes too late for a job that is over', () => {
	const each = job('sandbox-small', { cancelledAtMs: 1_000_000 + 6_000 });
	expect(words(each)).toEqual(['pending', 'queued', 'running', 'cancel_requested', 'cancelled']);
	const { share } = standingOf(each, 1_000_000 + 60_000);
	expect(share).toBeGreaterThan(0.3);
	expect(share).toBeLessThan(0.7);
	expect(words(job('sandbox-small', { cancelledAtMs: 1_000_000 + 60_000 })).at(-1)).toBe('completed');
});

test('the log only grows, and ends with the end', () => {
	for (const each of [
		job('sandbox-small'),
		job('sandbox-dies-at-60'),
		job('sandbox-small', { refusal: 'No.' }),
		job('sandbox-restarts', { successor: 'ft-2' }),
		job('sandbox-small', { cancelledAtMs: 1_000_000 + 6_000 })
	]) {
		let before: string[] = [];
		for (let ms = 0; ms < 20_000; ms += 100) {
			const now = jobLog(each, each.createdAtMs + ms).map((event) => `${event.atMs} ${event.type} ${event.message}`);
			expect(now.slice(0, before.length)).toEqual(before);
			before = now;
		}
		const types = jobLog(each, each.createdAtMs + 20_000).map((event) => event.type);
		expect(['job_complete', 'job_error', 'job_restarted', 'job_stopped']).toContain(types.at(-1));
		expect(new Set(types).size).toBeGreaterThan(2);
	}
});
