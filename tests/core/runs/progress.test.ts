import { expect, test } from 'vitest';
import { reachedBy } from '../../../src/lib/core/runs/progress.ts';

const run = {
	status: 'failed' as const,
	trainingFileId: null,
	jobId: null,
	startedAt: null,
	stepsDone: null,
	stepsTotal: null
};

test('how far a run came follows from what it left behind', () => {
	expect(reachedBy(run)).toBe('uploading');
	expect(reachedBy({ ...run, trainingFileId: 'file-1' })).toBe('validating');
	expect(reachedBy({ ...run, trainingFileId: 'file-1', jobId: 'ft-1' })).toBe('queued');
	expect(reachedBy({ ...run, jobId: 'ft-1', startedAt: new Date() })).toBe('training');
	expect(reachedBy({ ...run, jobId: 'ft-1', startedAt: new Date(), stepsDone: 3, stepsTotal: 9 })).toBe('training');
	expect(reachedBy({ ...run, jobId: 'ft-1', startedAt: new Date(), stepsDone: 9, stepsTotal: 9 })).toBe('finishing');
	expect(reachedBy({ ...run, status: 'ready' })).toBe('ready');
});
