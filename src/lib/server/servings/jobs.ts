import { job } from '../jobs/job.ts';
import { followServing } from './follow.ts';

export const servingJobs = [
	job('serving.follow', {
		id: 'servingId',
		atOnce: 4,
		run: (scope, { servingId }, signal) => followServing(scope, servingId, signal)
	})
];
