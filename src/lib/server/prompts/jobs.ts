import { job } from '../jobs/job.ts';
import { compareAll } from './compare.ts';

export const promptJobs = [
	job('project.comparePrompts', {
		id: 'projectId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { projectId }, signal) => compareAll(scope, projectId, signal)
	})
];
