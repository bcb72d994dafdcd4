import { job } from '../jobs/job.ts';
import { compareExamples } from './compare.ts';

export const exampleJobs = [
	job('project.compare', {
		id: 'projectId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { projectId }, signal) => compareExamples(scope, projectId, signal)
	})
];
