import { job } from '../jobs/job.ts';
import { followRun } from './follow.ts';
import { submitRun } from './submit.ts';

/** Following is a short look; submitting uploads files. */
export const runJobs = [
	job('run.submit', { id: 'runId', atOnce: 2, run: (scope, { runId }, signal) => submitRun(scope, runId, signal) }),
	job('run.follow', { id: 'runId', atOnce: 4, run: (scope, { runId }, signal) => followRun(scope, runId, signal) })
];
