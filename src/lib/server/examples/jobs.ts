import { type Requeue, job } from '../jobs/job.ts';
import { compareExamples } from './compare.ts';
import { markExamples } from './marks.ts';
import { signExamples } from './signatures.ts';

export const exampleJobs = [
	job('project.compare', {
		id: 'projectId',
		atOnce: 1,
		bySystem: true,
		run: (scope, { projectId }, signal) => compareExamples(scope, projectId, signal)
	})
];

/** Signs what came since the last sweep, so that a search need not read it. */
export const signUnsigned: Requeue = signExamples;

/** Writes the marks of what an older version wrote, or judged by other rules, so that a checklist need not read it. */
export const markUnmarked: Requeue = markExamples;
